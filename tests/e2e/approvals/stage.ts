import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFailed, onTestFinished } from 'vitest';
import { openAuditKey } from '../../../src/audit/audit-key.ts';
import { chainOf } from '../../../src/audit/chain.ts';
import { verifyAudit } from '../../../src/audit/verify.ts';
import type { Message } from '../../../src/core/message.ts';
import type { Store } from '../../../src/core/store.ts';
import { text, tool } from '../../platforms/mcp-server/behaviour.ts';
import { startMcpHttpServer } from '../../platforms/mcp-server/http-server.ts';
import { temporaryFolder } from '../../support/command.ts';
import { createQuickClock } from '../../support/quick-clock.ts';
import { onDiscord } from './on-discord.ts';
import { onSlack } from './on-slack.ts';
import type { Actor, Card, Place, Platform } from './place.ts';

const MINUTE = 60_000;
/** In this time (ms) a program has looked after what time asks for. */
const SWEPT = 6_000;

const taking = (properties: Record<string, string>) => ({
	inputSchema: {
		type: 'object',
		properties: Object.fromEntries(Object.entries(properties).map(([name, type]) => [name, { type }])),
		required: Object.keys(properties),
		additionalProperties: false,
	},
});
const TOOLS = [
	tool('charge', taking({ cents: 'integer' })),
	tool('delete_order', taking({ order: 'integer' })),
	tool('transfer', taking({ cents: 'integer' })),
	tool('note', {
		...taking({ account: 'string', text: 'string' }),
		annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
	}),
];

export interface AuditedRow {
	actor: { platform: string; id: string };
	action: string;
	outcome: string;
	reason?: string;
	digest?: string;
}

/** A till, and the program that may use it, with the whole of its approvals. */
export async function stageOn(platform: Platform, { file = 'approvals' }: { file?: string } = {}) {
	const folder = await temporaryFolder();
	onTestFinished(folder.remove);
	const till = await startMcpHttpServer({ tools: TOOLS, call: () => text('done at the till') });
	onTestFinished(till.close);
	const clock = createQuickClock(platform === 'slack' ? 4 : 1);
	let kept: Store | null = null;
	const read: Message[] = [];
	let inLine: readonly string[] = [];
	const around = (store: Store): Store => {
		kept = store;
		return {
			...store,
			async commit(changes) {
				for (const change of changes) {
					if (change.type === 'append') read.push(...messagesIn(change.value));
					if (change.type === 'put') inLine = lineIn(change.value) ?? inLine;
				}
				return store.commit(changes);
			},
		};
	};
	const env = { DATA_DIR: folder.path, TILL_URL: till.url };
	const options = { file: `tests/e2e/fixtures/${file}.yaml`, env, around };
	const place: Place = await (platform === 'discord' ? onDiscord : onSlack)(options, clock);
	onTestFailed(() => console.log(place.thread(), place.problems));

	/** The card that was shown last, as soon as it fits. */
	const card = (fits: (card: Card) => boolean | string = ({ buttons }) => buttons.length > 0): Promise<Card> =>
		place.until('the card', () => {
			const last = place.cards().at(-1);
			return last !== undefined && fits(last) ? last : null;
		});
	const rows = async (): Promise<AuditedRow[]> => {
		const entries = (await kept?.read(chainOf({ platform, tenant: place.tenant }), { after: 0, limit: 10_000 })) ?? [];
		return entries.map(({ value }) => value as AuditedRow);
	};

	return {
		...place,
		clock,
		card,
		/** The card as soon as it says this. */
		saying: (words: string) => card((one) => one.text.includes(words)),
		/** Somebody new whom the owner has made an approver. */
		async approver(name: string): Promise<Actor> {
			const made = place.join(name);
			await place.owner.grant('approver', made);
			return made;
		},
		told: (who: Actor, words: string, count = 1) =>
			place.until(
				`${words}, said to ${who.id}`,
				() => who.heard().filter((one) => one.includes(words)).length >= count,
			),
		/** What came to the till, oldest first. */
		calls: () =>
			till.received
				.filter(({ method }) => method === 'tools/call')
				.map(({ params }) => {
					const { name, arguments: given } = params as { name: string; arguments: unknown };
					return [name, given];
				}),
		notices: async () => {
			const board = await readFile(join(folder.path, 'noticeboard.md'), 'utf8').catch(() => '');
			return board.split('The shop is open.').length - 1;
		},
		/** What the agent read as results of its calls, in the order of the calls. */
		results: () =>
			read
				.flatMap((one) => (one.role === 'assistant' ? one.toolCalls : []))
				.flatMap(({ id }) => read.flatMap((one) => (one.role === 'tool' && one.callId === id ? [one.text] : []))),
		/** Resolves when these questions wait behind the run. */
		waiting: (...questions: string[]) =>
			place.until('the line', () => questions.every((one) => inLine.some((other) => other.includes(one)))),
		finished: () =>
			place.until('the end of the run', () => place.events.find((event) => event.type === 'run_finished') ?? null),
		answered: (words: string) => place.until(words, () => place.thread().includes(words)),
		/** Rows about approvals: who, what, and how it ended. */
		async audited(): Promise<string[]> {
			const about = (await rows()).filter(({ action }) => action.startsWith('approval.'));
			return about.map(({ action, outcome, reason }) =>
				[action.slice('approval.'.length), outcome, ...(reason === undefined ? [] : [reason])].join(' '),
			);
		},
		rows,
		/** Chains of the audit with a row that is not as it was written. */
		async broken() {
			if (kept === null) throw new Error('there is no store');
			const key = await openAuditKey({ given: null, dataDir: folder.path }, async () => true);
			const report = await verifyAudit({ store: kept, key, checkpoints: join(folder.path, 'audit-checkpoints.jsonl') });
			return [...report.chains.filter(({ bad }) => bad !== null), ...report.foreign];
		},
		minutes: (count: number) => clock.advance(count * MINUTE),
		/** The program ends, and is started again so many minutes later. */
		async absent(count: number) {
			await place.restart(() => clock.advance(count * MINUTE));
			clock.advance(SWEPT);
		},
	};
}

export type Stage = Awaited<ReturnType<typeof stageOn>>;

function messagesIn(entry: unknown): readonly Message[] {
	const isSaved = typeof entry === 'object' && entry !== null && 'type' in entry && entry.type === 'saved';
	return isSaved && 'messages' in entry ? (entry.messages as Message[]) : [];
}

function lineIn(record: unknown): readonly string[] | null {
	if (typeof record !== 'object' || record === null || !('waiting' in record)) return null;
	return (record.waiting as { question: string }[]).map(({ question }) => question);
}
