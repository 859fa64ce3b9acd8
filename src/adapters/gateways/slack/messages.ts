import type { Say } from '../../../core/say.ts';
import { plainSections } from './blocks.ts';
import { personsIn, withNames } from './person-mark.ts';
import type { SlackBody } from './slack-body.ts';
import { type CallResult, codeOf, type SlackCalls } from './slack-calls.ts';
import type { SlackSpot } from './slack-spot.ts';
import { clipped, escaped } from './slack-text.ts';
import { slotMetadata } from './slot-search.ts';

export type MessageBody = Extract<SlackBody, { type: 'message' }>;

export interface MessagesOptions {
	calls: SlackCalls;
	/** A person's name as people write it; null when it is not known. */
	nameOf(team: string, user: string): Promise<string | null>;
	say: Say;
}

/** Posts and edits single messages. */
export interface Messages {
	post(spot: SlackSpot, body: MessageBody, nonce: string): Promise<CallResult>;
	update(spot: SlackSpot, ts: string, body: MessageBody, nonce: string): Promise<CallResult>;
	/** The body with the names of the persons in it. */
	named(team: string, body: MessageBody): Promise<MessageBody>;
}

/** Slack does not take these blocks. */
const INVALID = ['invalid_blocks', 'invalid_blocks_format'];
/** How many slots are remembered for that; then it is forgotten, and learnt again. */
const MAX_PLAIN = 1000;
const TOO_LONG = ['msg_too_long', 'msg_blocks_too_long'];

export function createMessages({ calls, nameOf, say }: MessagesOptions): Messages {
	const named = async (team: string, body: MessageBody): Promise<MessageBody> => {
		const names = new Map<string, string>();
		for (const user of personsIn(body)) {
			const name = await nameOf(team, user).catch(() => null);
			names.set(user, name === null ? say('slack.person') : `@${escaped(clipped(name, 80))}`);
		}
		return withNames(body, (user) => names.get(user) ?? say('slack.person'));
	};

	/** Slots whose form Slack has refused: they are shown in the plainest from then on. */
	const plain = new Set<string>();

	/** What Slack refuses for its form is sent once more in the plainest. */
	const send = async (spot: SlackSpot, method: string, body: MessageBody, nonce: string, args: object) => {
		const { text, blocks, plainBlocks } = await named(spot.team, body);
		const metadata = slotMetadata(nonce);
		const common = { channel: spot.channel, text, parse: 'none', link_names: false, metadata, ...args };
		const first = await calls.call(spot, method, { ...common, blocks: plain.has(nonce) ? plainBlocks : blocks });
		const code = codeOf(first);
		if (code !== null && INVALID.includes(code) && !plain.has(nonce)) {
			if (plain.size >= MAX_PLAIN) plain.clear();
			plain.add(nonce);
			return calls.call(spot, method, { ...common, blocks: plainBlocks });
		}
		if (code === null || !TOO_LONG.includes(code)) return first;
		const buttons = plainBlocks.filter(({ type }) => type === 'actions');
		return calls.call(spot, method, { ...common, blocks: [...plainSections(text), ...buttons] });
	};

	return {
		named,
		post: (spot, body, nonce) =>
			send(spot, 'chat.postMessage', body, nonce, {
				...(spot.thread_ts === null ? {} : { thread_ts: spot.thread_ts }),
				unfurl_links: false,
				unfurl_media: false,
			}),
		update: (spot, ts, body, nonce) => send(spot, 'chat.update', body, nonce, { ts }),
	};
}
