import type { CommandForm } from '../../../core/command-form.ts';
import { isStopWord, readCommand, type TypedCommand } from '../shared/command-text.ts';
import { type Heard, heardOf } from './heard.ts';
import { offeredFiles } from './offered-files.ts';
import type { SlackDesk, Visitor } from './slack-desk.ts';
import { conversationKey } from './slack-spot.ts';
import { begin, sessionIn, submit, visitorOf, wholeChannel } from './visit.ts';

/**
 * Takes a `message` or `app_mention` event. Both may come for one message: they have one id, and the bot takes it once.
 * What is said in an unknown thread is not for the app, unless it is mentioned or the thread is in its direct messages.
 */
export async function takeMessage(desk: SlackDesk, team: string, event: unknown): Promise<void> {
	const workspace = await desk.workspaces.of(team);
	const heard = workspace === null ? null : heardOf(event, workspace);
	if (heard === null) return;
	const { channel, user, ts } = heard;
	const thread = heard.thread ?? ts;
	const known = await desk.places.find(conversationKey(team, channel, thread));
	if (known === null && !heard.mentioned && !heard.direct) return;
	const visitor = await visitorOf(desk, { team, user, channel, thread }, isStopWord(heard.text));
	if (visitor === null) return;
	const { name, options } = wishOf(heard, desk.host.commands(), known !== null);
	const id = `${channel}+${ts}`;
	if (name !== 'ask') {
		const session = known ?? wholeChannel(visitor);
		return submit(desk, visitor, { id, session, name, options });
	}
	const session = known ?? (await newSession(desk, visitor, thread));
	const files = offeredFiles(desk, visitor, heard.files);
	await submit(desk, visitor, { id, session, name, options, files });
}

async function newSession(desk: SlackDesk, visitor: Visitor, thread: string): Promise<string> {
	const session = sessionIn(visitor.workspace.team, visitor.channel, thread);
	await begin(desk, visitor, session, thread);
	return session;
}

/** What a message asks for. A plain reply in a thread of ours is a question, whatever it begins with. */
function wishOf(
	{ text, mentioned, direct, files }: Heard,
	forms: readonly CommandForm[],
	known: boolean,
): TypedCommand {
	if (isStopWord(text)) return { name: 'stop', options: {} };
	const addressed = mentioned || (direct && !known);
	const typed = addressed ? readCommand(text, forms) : null;
	if (typed !== null) return typed;
	// Nothing but the mention: whoever does not know what to say is helped.
	if (text === '' && files.length === 0) return { name: 'help', options: {} };
	return { name: 'ask', options: { question: text } };
}
