import { type Clock, sleep } from '../../../core/clock.ts';
import type { Say } from '../../../core/say.ts';
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
	/** The bytes of a kept file; null: it is not kept any more. */
	keptFile(id: string): Promise<Uint8Array | null>;
	/** For whoever runs the bot. */
	say: Say;
	/** The data of a call that went well; throws otherwise. */
	taken(result: CallResult): Readonly<Record<string, unknown>>;
	signal: AbortSignal;
}

/** Files that are attached to a thread. */
export interface Files {
	/**
	 * Resolves when the files can be seen, so that what is posted next comes after them. Files that the workspace does
	 * not take, or that are not kept any more, are told of in a message.
	 */
	post(spot: SlackSpot, body: FileBody, nonce: string): Promise<ShownId>;
	/** Where a file can be seen; empty while it cannot. */
	shareOf(spot: SlackSpot, file: string): Promise<string>;
}

/** Slack shares a file some time after it has been uploaded. It is asked this often, in ms, and at most so many times. */
const ASK_MS = 500;
const MAX_ASKS = 40;

export function createFiles({ calls, messages, clock, keptFile, say: texts, taken, signal }: FilesOptions): Files {
	const shareOf = async (spot: SlackSpot, file: string): Promise<string> => {
		const result = await calls.call(spot, 'files.info', { file });
		return codeOf(result) === null ? shareIn(taken(result), spot.channel) : '';
	};

	/** The files with their bytes, and a line for each that is not kept any more. */
	const loaded = async ({ files }: FileBody) => {
		const all = files.map(async (file) => {
			const data = 'content' in file ? Buffer.from(file.content) : await keptFile(file.kept);
			return { name: file.name, data: data === null ? null : Buffer.from(data) };
		});
		const read = await Promise.all(all);
		return {
			files: read.flatMap(({ name, data }) => (data === null ? [] : [{ name, data }])),
			gone: read.flatMap(({ name, data }) => (data === null ? [texts('files.gone', { file: name })] : [])),
		};
	};

	const say = async (spot: SlackSpot, text: string, nonce: string): Promise<ShownId> => {
		const { ts } = taken(await messages.post(spot, plainMessage(text), nonce));
		return { type: 'message', ts: String(ts) };
	};

	return {
		shareOf,
		async post(spot, body, nonce) {
			const { files, gone } = await loaded(body);
			const comment = [body.text, ...gone].join('\n');
			if (files.length === 0) return say(spot, comment, nonce);
			const result = await calls.upload(spot, { files, comment, threadTs: spot.thread_ts });
			const code = codeOf(result);
			if (code !== null && (!isGone(code) || code === 'missing_scope')) return say(spot, body.instead, nonce);
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

function plainMessage(text: string): MessageBody {
	const blocks = plainSections(text);
	return { type: 'message', text, blocks, plainBlocks: blocks, controls: [] };
}

function shareIn({ file }: Readonly<Record<string, unknown>>, channel: string): string {
	const { shares } = Object(file) as { shares?: Readonly<Record<string, Readonly<Record<string, { ts?: string }[]>>>> };
	const found = Object.values(shares ?? {}).flatMap((byChannel) => byChannel[channel] ?? []);
	return found.at(-1)?.ts ?? '';
}
