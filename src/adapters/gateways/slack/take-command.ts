import { z } from 'zod';
import { readCommand } from '../shared/command-text.ts';
import { openAskModal } from './open-modal.ts';
import type { SlackDesk } from './slack-desk.ts';
import { typedText } from './typed-text.ts';
import { begin, canPost, sessionIn, submit, threadOfTrigger, visitorOf, wholeChannel } from './visit.ts';

const commandSchema = z.object({
	team_id: z.string(),
	channel_id: z.string(),
	user_id: z.string(),
	text: z.string().default(''),
	trigger_id: z.string(),
	response_url: z.string(),
});

/** Takes `/massgen …`. Without a question it opens the form for one. Slack has no commands in threads. */
export async function takeCommand(desk: SlackDesk, body: unknown): Promise<void> {
	const command = commandSchema.parse(body);
	try {
		await perform(desk, command);
	} catch (thrown) {
		const { team_id: team, user_id: user, channel_id: channel, response_url: responseUrl } = command;
		await desk.replies.tell({ team, user, channel, thread: null, responseUrl }, desk.sayIn(null)('slack.failed'));
		throw thrown;
	}
}

async function perform(desk: SlackDesk, command: z.infer<typeof commandSchema>): Promise<void> {
	const { team_id: team, channel_id: channel, user_id: user } = command;
	const { trigger_id: trigger, response_url: responseUrl } = command;
	const typed = readCommand(typedText(command.text), desk.host.commands());
	const place = { team, user, channel, thread: null };
	if (typed === null) {
		const modalPlace = { channel, thread: null, session: null };
		return openAskModal(desk, { place, modalPlace, trigger, responseUrl, initial: '' });
	}
	const visitor = await visitorOf(desk, place, typed.name === 'stop');
	if (visitor === null) return;
	const { name, options } = typed;
	if (name !== 'ask') {
		return submit(desk, visitor, { id: trigger, session: wholeChannel(visitor), name, options, responseUrl });
	}
	if (!(await canPost(desk, visitor, responseUrl))) return;
	const session = sessionIn(team, channel, threadOfTrigger(trigger));
	await begin(desk, visitor, session, null);
	await submit(desk, visitor, { id: trigger, session, name, options, responseUrl });
}
