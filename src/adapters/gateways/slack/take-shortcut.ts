import { z } from 'zod';
import { openAskModal } from './open-modal.ts';
import type { SlackDesk } from './slack-desk.ts';
import { typedText } from './typed-text.ts';

const shortcutSchema = z.object({
	team: z.object({ id: z.string() }),
	user: z.object({ id: z.string() }),
	channel: z.object({ id: z.string() }),
	trigger_id: z.string(),
	response_url: z.string().nullish(),
	message: z.object({ ts: z.string(), thread_ts: z.string().nullish(), text: z.string().nullish() }),
});

/** Takes "Ask the team about this": the form opens with the message, and the run goes into its thread. */
export async function takeShortcut(desk: SlackDesk, body: unknown): Promise<void> {
	const { team, user, channel, message, ...shortcut } = shortcutSchema.parse(body);
	const thread = message.thread_ts ?? message.ts;
	const quoted = typedText(message.text ?? '')
		.split('\n')
		.map((line) => `> ${line}`)
		.join('\n');
	await openAskModal(desk, {
		place: { team: team.id, user: user.id, channel: channel.id, thread },
		modalPlace: { channel: channel.id, thread, session: null },
		trigger: shortcut.trigger_id,
		responseUrl: shortcut.response_url ?? null,
		initial: `\n\n${quoted}`,
	});
}
