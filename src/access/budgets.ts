import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { BotError } from '../core/errors.ts';
import type { BudgetLimit, BudgetRules, Payer, PlannedCall, Spending } from '../core/spending.ts';
import { allRecords, type Store, type StoreChange, untilCommitted } from '../core/store.ts';
import type { PriceTable, Usage } from '../core/usage.ts';

export interface SpendingOptions {
	rules: BudgetRules;
	store: Store;
	clock: Clock;
	prices: PriceTable;
	/** A soft limit was passed: once for each budget and window. */
	onSoft(limit: BudgetLimit, payer: Payer): void;
	/** What was set aside could not be given back: it counts as spent. */
	onProblem(error: unknown): void;
}

/** Records by budget and window: what is spent and set aside. What a process died over stays counted as spent. */
const KIND = 'budget';
/** How long a budget is kept after its window began, in milliseconds. */
const KEPT_MS = 62 * 24 * 3_600_000;
/** How often a change that met those of other processes is tried again. */
const TRIES = 50;

const recordSchema = z.object({
	v: z.literal(1),
	/** Beginning of the window, milliseconds since the epoch. */
	since: z.number(),
	/** Millionths of a US dollar. */
	used: z.number().int().nonnegative(),
	/** Whether it was told that the soft limit is passed. */
	told: z.boolean(),
});
type BudgetRecord = z.infer<typeof recordSchema>;

/** One budget in one window. */
interface Account {
	key: string;
	since: number;
	limit: BudgetLimit;
}

export function createSpending(options: SpendingOptions): Spending {
	const { rules, store, clock } = options;
	let last: Promise<unknown> = Promise.resolve();

	const read = async ({ key, since }: Account): Promise<{ record: BudgetRecord; version: number }> => {
		const found = await store.get(KIND, key);
		if (found === null) return { record: { v: 1, since, used: 0, told: false }, version: 0 };
		const record = recordSchema.safeParse(found.value).data;
		if (record === undefined) throw new BotError('store_failed', `the budget ${key} is unreadable`);
		return { record, version: found.version };
	};

	/** Changes what is used of all accounts or of none. Null: a hard limit is in the way. */
	const change = (accounts: readonly Account[], microUsd: number): Promise<readonly Account[] | null> =>
		untilCommitted(async () => {
			const passed: Account[] = [];
			const changes: StoreChange[] = [];
			for (const account of accounts) {
				const { record, version } = await read(account);
				const used = Math.max(0, record.used + microUsd);
				const { soft, hard } = account.limit;
				if (microUsd > 0 && hard !== null && used > hard) return null;
				const isPassed = soft !== null && used > soft && !record.told;
				if (isPassed) passed.push(account);
				const value = { ...record, used, told: record.told || isPassed };
				changes.push({ type: 'put', kind: KIND, key: account.key, value, version });
			}
			await store.commit(changes);
			return passed;
		}, TRIES);

	/** One after the other in this process, so that only other processes can be met. */
	const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
		const turn = last.then(work);
		last = turn.catch(() => {});
		return turn;
	};

	return {
		isLimited: rules.limits.length > 0,
		async reserve(call) {
			const { payer } = call;
			const worst = costOf(options, call, worstUsage(rules, call)) ?? 0;
			const accounts = accountsOf(rules.limits, payer, clock.now());
			const passed = await inTurn(() => change(accounts, worst));
			if (passed === null) return null;
			for (const { limit } of passed) options.onSoft(limit, payer);
			return {
				async settle(usage) {
					const cost = usage === null ? 0 : costOf(options, call, usage);
					if (cost === null || cost === worst) return;
					// More than was set aside has been spent, too: it is counted, whatever the limit.
					await inTurn(() => change(accounts.map(withoutHard), cost - worst)).catch(options.onProblem);
				},
			};
		},
	};
}

const withoutHard = (account: Account): Account => ({ ...account, limit: { ...account.limit, hard: null } });

/** Forgets budgets whose windows are long over. */
export async function forgetOldBudgets(store: Store, now: number): Promise<void> {
	const old: StoreChange[] = [];
	for await (const { key, value } of allRecords(store, KIND)) {
		const since = recordSchema.safeParse(value).data?.since ?? now;
		if (since < now - KEPT_MS) old.push({ type: 'delete', kind: KIND, key });
	}
	for (let from = 0; from < old.length; from += 500) await store.commit(old.slice(from, from + 500));
}

/** The budgets that a call counts in. Of two limits of one budget the stricter ones hold. */
function accountsOf(limits: readonly BudgetLimit[], payer: Payer, now: number): Account[] {
	const accounts = new Map<string, Account>();
	for (const limit of limits) {
		const whose = subjectOf(limit, payer);
		if (whose === null) continue;
		const since = beginningOf(limit.each, now);
		const name = JSON.stringify([limit.of, limit.each, since, ...whose]);
		const key = createHash('sha256').update(name).digest('hex');
		const known = accounts.get(key)?.limit ?? limit;
		const merged = { ...limit, soft: stricter(limit.soft, known.soft), hard: stricter(limit.hard, known.hard) };
		accounts.set(key, { key, since, limit: merged });
	}
	return [...accounts.values()];
}

function subjectOf({ of }: BudgetLimit, { platform, tenant, channel, user }: Payer): string[] | null {
	if (of === 'process') return [];
	if (of === 'workspace') return [platform, tenant];
	if (of === 'channel') return [platform, tenant, channel];
	return user === null ? null : [platform, tenant, user];
}

function beginningOf(window: BudgetLimit['each'], now: number): number {
	const date = new Date(now);
	return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), window === 'month' ? 1 : date.getUTCDate());
}

function stricter(a: number | null, b: number | null): number | null {
	if (a === null || b === null) return a ?? b;
	return Math.min(a, b);
}

/** No tokenizer makes more tokens of a text than it has bytes; the output is as long as it may be. */
function worstUsage({ assumedOutputTokens }: BudgetRules, { maxOutputTokens, request }: PlannedCall): Usage {
	const { system, messages, tools } = request;
	const inputTokens = Buffer.byteLength(JSON.stringify({ system, messages, tools }));
	const outputTokens = maxOutputTokens ?? assumedOutputTokens;
	return { inputTokens, cachedInputTokens: 0, outputTokens, reasoningTokens: 0 };
}

/** Millionths of a US dollar, rounded up; null: nobody knows. A model without a price has that of the rules. */
function costOf({ prices, rules }: SpendingOptions, { provider, model }: PlannedCall, usage: Usage): number | null {
	const priced = prices.cost(provider, model, usage);
	if (priced !== null) return Math.ceil(priced);
	const { inputTokens, outputTokens } = usage;
	if (inputTokens === null || outputTokens === null) return null;
	return Math.ceil(inputTokens * rules.assumedPrice.input + outputTokens * rules.assumedPrice.output);
}
