import type { ApprovalEngine } from '../approvals/approvals.ts';
import type { LoadedConfig } from '../config/check-config.ts';
import type { Broadcast } from '../core/broadcast.ts';
import { BotError, sentenceOf } from '../core/errors.ts';
import type { ApprovalDesk } from '../core/gate.ts';
import type { Queue } from '../core/queue.ts';
import type { Say } from '../core/say.ts';
import { createFollowedRuns } from '../runs/followed-runs.ts';
import { createLeases, type Leases } from '../runs/leases.ts';
import type { RunLimit } from '../runs/run-places.ts';
import { createRuns, type Runs, type RunsOptions } from '../runs/runs.ts';
import { createUntakenWatch } from '../runs/untaken.ts';
import { createWorker } from '../runs/worker.ts';
import { processHome } from './process-home.ts';
import type { Chore } from './repeatedly.ts';

/** What a process does: talks with people, does the runs, or both. */
export type Role = 'all' | 'gateway' | 'worker';

/** How often (ms) it is looked for what processes that are gone have left, at the least. */
const LOOK_MS = 5_000;
/** A gateway tells of runs that no worker has taken after this time (ms), or twice as long. */
const UNTAKEN_MS = 15_000;

/** From process to process, over Redis. */
export interface Ways {
	queue: Queue;
	words: Broadcast;
	close(): Promise<unknown>;
}

export interface RoleParts extends Omit<RunsOptions, 'leases'> {
	role: Role;
	/** Null: there are no other processes. */
	ways: Ways | null;
	config: LoadedConfig;
	say: Say;
	tell(text: string): void;
	onLost(run: string, error: unknown): void;
	/** How many runs go on at a time. */
	limit: RunLimit;
	/** A run that others show has ended. */
	onEnded(run: string): void;
}

/** The runs of a process, as its role has them. */
export interface RoleRuns {
	runs: Runs;
	chores: readonly Chore[];
	/** How often (ms) the bot is to tend what others have left; null: there are no others. */
	tendMs: number | null;
	/** Begins to do runs that other processes open, where that is the role. */
	begin(): void;
	/** Leaves the runs where they are. */
	suspend(): Promise<void>;
	/** Lets others take them up at once. */
	close(): Promise<void>;
}

/** Throws `config_missing`, with a sentence, for a role that the configuration does not allow. */
export function checkRole(role: Role, { settings }: LoadedConfig, say: Say): void {
	if (role === 'all') return;
	const missing = settings.redis === null ? 'REDIS_URL' : settings.audit.key === null ? 'AUDIT_KEY' : null;
	if (missing === null) return;
	const userMessage = missing === 'REDIS_URL' ? say('role.no_redis', { role }) : say('role.no_audit_key', { role });
	throw new BotError('config_missing', `${missing} is not set`, { userMessage });
}

/** The ways to other processes that a role needs; null: none. */
export async function openWays(role: Role, { settings }: LoadedConfig, tell: (text: string) => void) {
	if (role === 'all' || settings.redis === null) return null;
	const { url, prefix } = settings.redis;
	const { createBullmqQueue } = await import('../adapters/queues/bullmq.ts');
	const { createRedisBroadcast } = await import('../adapters/queues/redis-broadcast.ts');
	const queue = await createBullmqQueue({ url, prefix, onProblem: (error) => tell(sentenceOf(error)) });
	const words = await createRedisBroadcast({ url, prefix });
	return { queue, words, close: () => Promise.allSettled([queue.close(), words.close()]) };
}

/** Said when somebody has decided something. */
const DECIDED = 'decided';

/** The desk where people decide, so that the process that does the run hears of it at once and not by its next sweep. */
export function withNews(
	{ desk, sweep }: Pick<ApprovalEngine, 'desk' | 'sweep'>,
	role: Role,
	ways: Ways | null,
	onProblem: (error: unknown) => void,
): ApprovalDesk {
	if (ways === null) return desk;
	if (role === 'worker') ways.words.hear(DECIDED, () => void sweep().catch(onProblem));
	return {
		...desk,
		async decide(...decision) {
			const outcome = await desk.decide(...decision);
			ways.words.say(DECIDED, null);
			return outcome;
		},
	};
}

export function openRuns(parts: RoleParts): RoleRuns {
	const { role, ways, config, store, clock } = parts;
	const { redis } = config.settings;
	const shared = redis === null ? null : { leaseMs: redis.leaseMs, home: processHome() };
	const leases = createLeases({ store, clock, shared });
	const lookMs = shared === null ? null : Math.min(LOOK_MS, shared.leaseMs / 4);
	if (role === 'worker' && ways !== null) return workerOf(parts, leases, ways, lookMs ?? LOOK_MS);
	if (role === 'gateway' && ways !== null) return gatewayOf(parts, leases, ways, lookMs);
	const runs = createRuns({ ...parts, leases });
	return { runs, chores: [], tendMs: lookMs, begin() {}, suspend: runs.close, close: leases.close };
}

function workerOf(parts: RoleParts, leases: Leases, ways: Ways, everyMs: number): RoleRuns {
	const { store, clock, say, tell, onLost, onEnded } = parts;
	const { most: atOnce, isStrained } = parts.limit;
	const runs = createRuns({ ...parts, leases });
	const onRefused = (run: string, error: unknown) => tell(say('run.not_resumed', { run, reason: sentenceOf(error) }));
	const worker = createWorker({
		...{ store, clock, runs, leases, ...ways },
		atOnce,
		isStrained,
		onRefused,
		onLost,
		onEnded,
	});
	return {
		runs,
		chores: [{ everyMs, work: worker.reconcile }],
		tendMs: null,
		begin: worker.begin,
		suspend: worker.suspend,
		async close() {
			await worker.handOver();
			await ways.close();
		},
	};
}

function gatewayOf(parts: RoleParts, leases: Leases, ways: Ways, tendMs: number | null): RoleRuns {
	// What cannot be put in now is put in by the workers, who look through the store.
	const onOpened = (run: string) => void ways.queue.enqueue(run, 0).catch(() => {});
	const runs = createFollowedRuns({ ...parts, leases, words: ways.words, onOpened });
	const onUntaken = (count: number) => parts.tell(parts.say('role.no_worker', { count }));
	const lookForUntaken = createUntakenWatch({ store: parts.store, leases, onUntaken });
	return {
		runs,
		chores: [{ everyMs: UNTAKEN_MS, work: lookForUntaken }],
		tendMs,
		begin() {},
		suspend: runs.close,
		async close() {
			await leases.close();
			await ways.close();
		},
	};
}
