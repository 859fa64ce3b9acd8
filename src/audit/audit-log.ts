import type { Audit, AuditRow } from '../core/audit.ts';
import type { Clock } from '../core/clock.ts';
import { BotError, isStoreConflict } from '../core/errors.ts';
import type { Store, StoreChange } from '../core/store.ts';
import { type AuditKeySource, openAuditKey } from './audit-key.ts';
import { chainOf, type Head, sealed } from './chain.ts';
import { type Checkpoints, createCheckpoints } from './checkpoints.ts';
import { type ChainHead, hasRows, readHead, type Tenant, writeHead } from './heads.ts';
import { createRedactor, type Redact } from './redactor.ts';

export interface AuditOptions extends AuditKeySource {
	store: Store;
	clock: Clock;
	/** The file of the checkpoints, absolute. */
	checkpoints: string;
	/** Values that must not be stored anywhere. */
	secrets: readonly string[];
	/** A checkpoint could not be written. */
	onProblem(error: unknown): void;
}

export interface AuditLog extends Audit {
	/** Resolves when the checkpoints are written. */
	close(): Promise<void>;
}

/** How often rows that met those of another process are put behind them. */
const TRIES = 50;

interface Open {
	key: Buffer;
	redact: Redact;
	checkpoints: Checkpoints;
}

/** `start`: where it had got to before; `head`: with the new rows. */
type Chain = Tenant & { start: Head; head: Head; version: number };

/** The audit in the store. Rows of this process are put one after the other, those of others are waited for. */
export function createAuditLog(options: AuditOptions): AuditLog {
	const { store, clock } = options;
	let opened: Promise<Open> | null = null;
	let last: Promise<unknown> = Promise.resolve();

	const open = (): Promise<Open> => {
		opened ??= openAll(options);
		opened.catch(() => {
			opened = null;
		});
		return opened;
	};

	const attempt = async (rows: readonly AuditRow[], changes: readonly StoreChange[]): Promise<Attempt> => {
		const { key, redact, checkpoints } = await open();
		const chains = new Map<string, Chain>();
		const appends: StoreChange[] = [];
		for (const given of rows) {
			const name = chainOf(given);
			const { platform, tenant } = given;
			const chain = chains.get(name) ?? (await chainAt(store, { platform, tenant }));
			const { value, redactions } = redact(given);
			const row = sealed({ ...value, platform, tenant, redactions }, chain.head, clock.now(), key);
			appends.push({ type: 'append', log: name, value: row, seq: row.seq });
			chains.set(name, { ...chain, head: { seq: row.seq, hash: row.hash } });
		}
		const before = [...chains.values()];
		const heads = before.map((chain) => writeHead(chain, chain.head, chain.version));
		try {
			const numbers = await store.commit([...changes, ...appends, ...heads]);
			checkpoints.note(before.map(({ platform, tenant, head }): ChainHead => ({ platform, tenant, ...head })));
			return { done: numbers.slice(0, changes.length) };
		} catch (error) {
			if (!isStoreConflict(error) || !(await haveMoved(store, before))) throw error;
			return { done: null, error };
		}
	};

	const recorded = async (rows: readonly AuditRow[], changes: readonly StoreChange[]): Promise<readonly number[]> => {
		for (let tries = 1; ; tries += 1) {
			const { done, error } = await attempt(rows, changes);
			if (done !== null) return done;
			if (tries === TRIES) throw error;
		}
	};

	return {
		record(rows, changes = []) {
			const turn = last.then(() => recorded(rows, changes));
			last = turn.catch(() => {});
			return turn;
		},
		async close() {
			await last;
			await (await opened?.catch(() => null))?.checkpoints.settled();
		},
	};
}

/** `error`: somebody else's rows were faster. */
type Attempt = { done: readonly number[]; error?: never } | { done: null; error: unknown };

async function openAll(options: AuditOptions): Promise<Open> {
	const { store, clock, secrets, onProblem } = options;
	const key = await openAuditKey(options, () => hasRows(store));
	const checkpoints = createCheckpoints({ file: options.checkpoints, key, now: () => clock.now(), onProblem });
	return { key, checkpoints, redact: createRedactor(secrets, key) };
}

async function chainAt(store: Store, tenant: Tenant): Promise<Chain> {
	const { head, version } = await readHead(store, tenant);
	return { ...tenant, start: head, head, version };
}

/** Whether a conflict was about the chains. Throws when rows stand where the next ones belong: somebody has meddled. */
async function haveMoved(store: Store, chains: readonly Chain[]): Promise<boolean> {
	for (const chain of chains) {
		// In this order: rows come together with their head.
		const further = await store.read(chainOf(chain), { after: chain.start.seq, limit: 1 });
		if ((await readHead(store, chain)).version !== chain.version) return true;
		if (further.length > 0) {
			const message = `The audit of ${chain.tenant} has rows after its end. Check it: npm run audit -- verify`;
			throw new BotError('store_failed', message);
		}
	}
	return false;
}
