import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BotError } from '../../../src/core/errors.ts';
import type { Store, StoreChange } from '../../../src/core/store.ts';

const KEYS = ['a', 'é', '\u{1f600}', '\uffee'] as const;
const LOGS = ['log', 'läufe'] as const;

/** What a store should hold, in its simplest form. A deleted key keeps its version. */
interface Model {
	records: Record<string, { version: number; value: unknown; deleted: boolean }>;
	logs: Record<string, unknown[]>;
}

/** The model after the commit and the numbers that it gave, or null when it conflicts. */
function applyToModel(model: Model, changes: readonly StoreChange[]): { model: Model; numbers: number[] } | null {
	const next = structuredClone(model);
	const numbers: number[] = [];
	for (const change of changes) {
		if (change.type === 'append') {
			const entries = next.logs[change.log] ?? [];
			if (change.seq !== undefined && change.seq !== entries.length + 1) return null;
			numbers.push(entries.push(change.value));
			next.logs[change.log] = entries;
			continue;
		}
		if (change.type === 'drop') {
			next.logs[change.log] = [];
			numbers.push(0);
			continue;
		}
		const record = next.records[change.key] ?? { version: 0, value: null, deleted: true };
		if (change.version !== undefined && change.version !== (record.deleted ? 0 : record.version)) return null;
		if (change.type === 'put') {
			next.records[change.key] = { version: record.version + 1, value: change.value, deleted: false };
		} else if (change.type === 'delete') {
			next.records[change.key] = { ...record, deleted: true };
		}
		numbers.push(change.type === 'put' ? record.version + 1 : 0);
	}
	return { model: next, numbers };
}

const place = { kind: fc.constant('thing'), key: fc.constantFrom(...KEYS) };
const version = fc.nat({ max: 3 });
const log = fc.constantFrom(...LOGS);
/** JSON has no negative zero. */
const value = fc.jsonValue({ maxDepth: 2 }).map((one): unknown => JSON.parse(JSON.stringify(one)));

/** Small numbers and few keys, so that expectations hold about as often as not. */
const anyChange: fc.Arbitrary<StoreChange> = fc.oneof(
	fc.record({ ...place, type: fc.constant('put' as const), value }),
	fc.record({ ...place, type: fc.constant('put' as const), value, version }),
	fc.record({ ...place, type: fc.constant('delete' as const) }),
	fc.record({ ...place, type: fc.constant('delete' as const), version }),
	fc.record({ type: fc.constant('append' as const), log, value }),
	fc.record({ type: fc.constant('append' as const), log, value, seq: fc.integer({ min: 1, max: 4 }) }),
	fc.record({ type: fc.constant('drop' as const), log }),
	fc.record({ ...place, type: fc.constant('check' as const), version }),
);

const logIn = (kind: string, name: string) => `${kind}/${name}`;
const moveTo = (kind: string, change: StoreChange): StoreChange =>
	'log' in change ? { ...change, log: logIn(kind, change.log) } : { ...change, kind };

async function expectSame(store: Store, kind: string, model: Model): Promise<void> {
	const live = Object.entries(model.records)
		.filter(([, record]) => !record.deleted)
		.map(([key, { version, value }]) => ({ key, value, version }))
		.sort((a, b) => (a.key < b.key ? -1 : 1));
	expect(await store.list(kind, { limit: 100 })).toEqual(live);
	for (const log of LOGS.map((name) => logIn(kind, name))) {
		const entries = (model.logs[log] ?? []).map((entry, index) => ({ seq: index + 1, value: entry }));
		expect(await store.read(log, { after: 0, limit: 1_000 })).toEqual(entries);
	}
}

const outcomeOf = (commit: Promise<readonly number[]>) =>
	commit.catch((thrown: unknown) => {
		if (thrown instanceof BotError && thrown.code === 'store_conflict') return null;
		throw thrown;
	});

/** What must hold under any sequence of commits. */
export function storeProperties(current: () => Store): void {
	describe('under random commits', () => {
		const histories = fc.array(fc.array(anyChange, { maxLength: 5 }), { maxLength: 12 });
		let runs = 0;
		/** All runs share one store, each with a kind and logs of its own. */
		const settle = (commits: readonly StoreChange[][]) => {
			runs += 1;
			const kind = `run ${runs}`;
			return { kind, commits: commits.map((changes) => changes.map((change) => moveTo(kind, change))) };
		};

		it('does what the model does, commit by commit', async () => {
			const property = fc.asyncProperty(histories, async (history) => {
				const { kind, commits } = settle(history);
				let model: Model = { records: {}, logs: {} };
				for (const changes of commits) {
					const expected = applyToModel(model, changes);
					expect(await outcomeOf(current().commit(changes))).toEqual(expected?.numbers ?? null);
					model = expected?.model ?? model;
					await expectSame(current(), kind, model);
				}
			});
			await fc.assert(property, { numRuns: 100 });
		});

		it('makes commits that are called at once in the order of the calls, each alone', async () => {
			const property = fc.asyncProperty(histories, async (history) => {
				const { kind, commits } = settle(history);
				let model: Model = { records: {}, logs: {} };
				const expected = commits.map((changes) => {
					const next = applyToModel(model, changes);
					model = next?.model ?? model;
					return next?.numbers ?? null;
				});
				expect(await Promise.all(commits.map((changes) => outcomeOf(current().commit(changes))))).toEqual(expected);
				await expectSame(current(), kind, model);
			});
			await fc.assert(property, { numRuns: 100 });
		});
	});
}
