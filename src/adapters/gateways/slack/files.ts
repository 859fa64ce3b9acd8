import { type Clock, sleep } from '../../../core/clock.ts';
import { plainSections } from './blocks.ts';
import type { MessageBody, Messages } from './messages.ts';
import type { ShownId } from './shown-id.ts';
import type { SlackBody } from './slack-body.ts';
import { type CallResult, codeOf, isGone, type SlackCalls } from './slack-calls.ts';
import type { SlackSpot } from './slack-spot.ts';

export type FileBody = Extract<SlackBody, { type: 'file' }>;

export interface FilesOptions {
	calls: SlackCalls;
	messages: Messages;
	clock: Clock;
	/** The data of a call that went well; throws otherwise. */
	taken(result: CallResult): Readonly<Record<string, unknown>>;
	signal: AbortSignal;
}

/** Texts that are attached to a thread. */
export interface Files {
	/**
	 * Resolves when the file can be seen, so that what is posted next comes after it. A file that the workspace does
	 * not take is told of in a message.
	 */
	post(spot: SlackSpot, body: FileBody, nonce: string): Promise<ShownId>;
	/** Where a file can be seen; empty while it cannot. */
	shareOf(spot: SlackSpot, file: string): Promise<string>;
}

/** Slack shares a file some time after it has been uploaded. It is asked this often, in ms, and at most so many times. */
const ASK_MS = 500;
const MAX_ASKS = 40;

export function createFiles({ calls, messages, clock, taken, signal }: FilesOptions): Files {
	const shareOf = async (spot: SlackSpot, file: string): Promise<string> => {
		const result = await calls.call(spot, 'files.info', { file });
		return codeOf(result) === null ? shareIn(taken(result), spot.channel) : '';
	};

	return {
		shareOf,
		async post(spot, body, nonce) {
			const { name, content, text: comment } = body;
			const result = await calls.upload(spot, { name, content, comment, threadTs: spot.thread_ts });
			const code = codeOf(result);
			if (code !== null && (!isGone(code) || code === 'missing_scope')) {
				const { ts } = taken(await messages.post(spot, instead(body), nonce));
				return { type: 'message', ts: String(ts) };
			}
			const file = String(taken(result).id);
			let ts = await shareOf(spot, file);
			for (let asked = 1; ts === '' && asked < MAX_ASKS; asked += 1) {
				await sleep(clock, ASK_MS, signal);
				ts = await shareOf(spot, file);
			}
			return { type: 'file', file, ts };
		},
	};
}

function instead({ instead: text }: FileBody): MessageBody {
	const blocks = plainSections(text);
	return { type: 'message', text, blocks, plainBlocks: blocks, controls: [] };
}

function shareIn({ file }: Readonly<Record<string, unknown>>, channel: string): string {
	const { shares } = Object(file) as { shares?: Readonly<Record<string, Readonly<Record<string, { ts?: string }[]>>>> };
	const found = Object.values(shares ?? {}).flatMap((byChannel) => byChannel[channel] ?? []);
	return found.at(-1)?.ts ?? '';
}
