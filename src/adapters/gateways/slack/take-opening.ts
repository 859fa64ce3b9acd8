import { z } from 'zod';
import { refusalOf } from './call-errors.ts';
import { type HomeThread, homeView } from './home-view.ts';
import type { SlackDesk, Visitor } from './slack-desk.ts';
import { PLATFORM, visitorOf } from './visit.ts';

const openedSchema = z.object({ user: z.string(), channel: z.string(), tab: z.string() });

/** Takes `app_home_opened`: fills the home tab, or offers questions in the messages tab (the agent view). */
export async function takeOpening(desk: SlackDesk, team: string, event: unknown): Promise<void> {
	const { user, channel, tab } = openedSchema.parse(event);
	const visitor = await visitorOf(desk, { team, user, channel, thread: null });
	if (visitor === null) return;
	if (tab === 'messages') return offerPrompts(desk, visitor, {});
	const [threads, { teams }] = await Promise.all([ownThreads(desk, visitor), desk.host.teams()]);
	const view = homeView(threads, teams, visitor.say);
	const { views } = await desk.client(visitor.workspace);
	await views.publish({ user_id: user, view });
}

const startedSchema = z.object({
	assistant_thread: z.object({ user_id: z.string(), channel_id: z.string(), thread_ts: z.string() }),
});

/** Takes `assistant_thread_started`, which apps with the older assistant view get. */
export async function takeAssistantThread(desk: SlackDesk, team: string, event: unknown): Promise<void> {
	const { user_id: user, channel_id: channel, thread_ts } = startedSchema.parse(event).assistant_thread;
	const visitor = await visitorOf(desk, { team, user, channel, thread: thread_ts });
	if (visitor !== null) await offerPrompts(desk, visitor, { thread_ts });
}

/** A thread may be named in the older view only: elsewhere the call would be without effect. */
async function offerPrompts(desk: SlackDesk, { workspace, channel, say }: Visitor, thread: { thread_ts?: string }) {
	const prompt = (title: string, message = title) => ({ title, message });
	const { assistant } = await desk.client(workspace);
	const offered = assistant.threads.setSuggestedPrompts({
		channel_id: channel,
		...thread,
		title: say('slack.prompt.title'),
		prompts: [
			prompt(say('slack.prompt.first')),
			prompt(say('slack.prompt.second')),
			prompt(say('slack.prompt.help'), 'help'),
		],
	});
	await offered.catch((thrown: unknown) => {
		// An app that was not made an agent has no place for them.
		if (refusalOf(thrown) === null) throw thrown;
	});
}

/** Threads that are looked through for those of one person, and how many are shown. */
const LOOKED_AT = 40;
const SHOWN = 8;

/** What this person has asked lately. Questions of others may be from places that this person cannot read. */
async function ownThreads(desk: SlackDesk, visitor: Visitor): Promise<HomeThread[]> {
	const threads = await desk.host.threads(PLATFORM, visitor.workspace.team, { limit: LOOKED_AT });
	const own: HomeThread[] = [];
	for (const thread of threads) {
		if (own.length === SHOWN) break;
		const spot = await desk.places.get(thread.session);
		if (spot?.asker === visitor.user) own.push({ ...thread, link: await desk.poster.permalink(thread.session) });
	}
	return own;
}
