import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { PageForm } from '../../../../../src/adapters/gateways/web/page-forms.ts';

export interface ServerEvent {
	event: string;
	id: string;
	data: unknown;
}

export interface EventReader {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	/** Every event of the thread so far. */
	readonly events: ServerEvent[];
	/** The forms that wait, each time they were told. */
	readonly forms: readonly PageForm[][];
	readonly comments: string[];
	/** Bytes of the body so far. */
	bytes(): number;
	/** The next event that was not taken yet. */
	next(): Promise<ServerEvent>;
	/** Resolves with all events as soon as one of them is this. */
	until(isIt: (event: ServerEvent) => boolean): Promise<ServerEvent[]>;
	/** Resolves with the forms that wait once there are this many. */
	untilForms(count: number): Promise<readonly PageForm[]>;
	/** Resolves when this many comments have come. */
	untilComments(count: number): Promise<void>;
	/** Stops taking anything from the network. */
	pause(): void;
	resume(): void;
	/** Drops the connection. */
	drop(): void;
	/** Resolves when the server has ended the stream or the connection is gone. */
	readonly ended: Promise<void>;
}

/** Reads server-sent events as a browser does, with the connection in the test's hand. */
export async function readEvents(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
	const response = await new Promise<IncomingMessage>((resolve, reject) => {
		get(url, { headers, agent: false }, resolve).on('error', reject);
	});
	const events: ServerEvent[] = [];
	const forms: PageForm[][] = [];
	const comments: string[] = [];
	const looks = new Set<() => void>();
	const ended = Promise.withResolvers<void>();
	let bytes = 0;
	let taken = 0;
	let rest = '';

	response.setEncoding('utf8');
	response.on('data', (chunk: string) => {
		bytes += Buffer.byteLength(chunk);
		const blocks = (rest + chunk).split('\n\n');
		rest = blocks.pop() ?? '';
		for (const block of blocks) {
			if (block.startsWith(':')) comments.push(block.slice(1).trim());
			const found = eventIn(block);
			if (found?.event === 'forms') forms.push((found.data as { forms: PageForm[] }).forms);
			else if (found !== null) events.push(found);
		}
		for (const look of looks) look();
	});
	response.on('error', () => {});
	response.on('close', () => ended.resolve());

	const waitFor = <T>(find: () => T | null) =>
		new Promise<T>((resolve, reject) => {
			const look = () => {
				const found = find();
				if (found === null) return;
				looks.delete(look);
				resolve(found);
			};
			looks.add(look);
			void ended.promise.then(() => reject(new Error(`the stream ended after ${events.length} events`)));
			look();
		});

	return {
		status: response.statusCode ?? 0,
		headers: response.headers,
		events,
		forms,
		comments,
		bytes: () => bytes,
		next: async () => {
			const event = await waitFor(() => events[taken] ?? null);
			taken += 1;
			return event;
		},
		until: (isIt) => waitFor(() => (events.some(isIt) ? events : null)),
		untilForms: (count) =>
			waitFor(() => {
				const last = forms.at(-1);
				return last?.length === count ? last : null;
			}),
		untilComments: async (count) => void (await waitFor(() => (comments.length >= count ? comments : null))),
		pause: () => response.pause(),
		resume: () => response.resume(),
		drop: () => response.destroy(),
		ended: ended.promise,
	};
}

function eventIn(block: string): ServerEvent | null {
	const fields = new Map(
		block.split('\n').map((line): [string, string] => {
			const at = line.indexOf(': ');
			return [line.slice(0, at), line.slice(at + 2)];
		}),
	);
	const [event, id = '', data] = [fields.get('event'), fields.get('id'), fields.get('data')];
	if (event === undefined || data === undefined) return null;
	return { event, id, data: JSON.parse(data) };
}
