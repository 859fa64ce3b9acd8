import type { webApi } from '@slack/bolt';
import type { Clock } from '../../../core/clock.ts';
import { splitMarkdown } from '../shared/split-markdown.ts';
import { patiently, refusalOf } from './call-errors.ts';
import { BLOCKS_BUDGET, MAX_TEXT } from './limits.ts';
import { clipped, foreignMarkdown } from './slack-text.ts';
import type { Workspace, Workspaces } from './workspaces.ts';

/** Where a person is told something that only they see. */
export interface Address {
	team: string;
	user: string;
	channel: string;
	thread: string | null;
	/** Good for 5 answers within 30 minutes; null: there is none. */
	responseUrl: string | null;
}

export interface PrivateReplies {
	/** Remembers where who did `inbound` hears of it. */
	expect(inbound: string, address: Address): void;
	/** Null: this process has not seen it. */
	addressOf(inbound: string): Address | null;
	/** Markdown. Throws when Slack takes it nowhere; does nothing where the app is no longer. */
	tell(address: Address, text: string): Promise<void>;
}

export interface PrivateRepliesOptions {
	clock: Clock;
	signal: AbortSignal;
	workspaces: Workspaces;
	client(workspace: Workspace): Promise<webApi.WebClient>;
}

/** How many addresses are remembered. */
const MOST = 5_000;
/** Messages that one answer may take. */
const MOST_PARTS = 3;
/** What the response address may take, in milliseconds. */
const TIMEOUT_MS = 10_000;

export function createPrivateReplies({ clock, signal, workspaces, client }: PrivateRepliesOptions): PrivateReplies {
	const addresses = new Map<string, Address>();

	const throughResponse = async (responseUrl: string, part: string): Promise<boolean> => {
		const answer = await fetch(responseUrl, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, ...messageOf(part) }),
			signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
		}).catch(() => null);
		await answer?.body?.cancel();
		return answer?.ok === true;
	};

	const throughApi = async ({ team, user, channel, thread }: Address, part: string): Promise<void> => {
		const workspace = await workspaces.of(team);
		if (workspace === null) return;
		const { chat } = await client(workspace);
		const message = messageOf(part);
		const inThread = thread === null ? {} : { thread_ts: thread };
		const quiet = { unfurl_links: false, unfurl_media: false };
		// In direct messages everything is private, and what is kept is of more use.
		const direct = channel.startsWith('D');
		await patiently(clock, signal, async () => {
			if (direct) return chat.postMessage({ channel, ...message, ...inThread, ...quiet });
			return chat.postEphemeral({ channel, user, ...message, ...inThread });
		}).catch(async (thrown: unknown) => {
			if (direct || refusalOf(thrown) === null) throw thrown;
			await chat.postMessage({ channel: user, ...message, ...quiet });
		});
	};

	return {
		expect(inbound, address) {
			addresses.set(inbound, address);
			const [oldest] = addresses.keys();
			if (addresses.size > MOST && oldest !== undefined) addresses.delete(oldest);
		},
		addressOf: (inbound) => addresses.get(inbound) ?? null,
		async tell(address, text) {
			const parts = splitMarkdown(foreignMarkdown(text), BLOCKS_BUDGET);
			for (const part of parts.slice(0, MOST_PARTS)) {
				const { responseUrl } = address;
				const isTold = responseUrl !== null && (await throughResponse(responseUrl, part));
				if (!isTold) await throughApi(address, part);
			}
		},
	};
}

const messageOf = (part: string) => ({
	text: clipped(part, MAX_TEXT),
	blocks: [{ type: 'markdown' as const, text: part }],
});
