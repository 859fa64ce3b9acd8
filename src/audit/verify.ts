import type { Store } from '../core/store.ts';
import { chainOf, type Head, hashOf, type SealedRow, START, sealedRowSchema } from './chain.ts';
import { readCheckpoints } from './checkpoints.ts';
import { allHeads, type ChainHead, type Tenant } from './heads.ts';

/** What is wrong with a row, first come first. */
export type Fault =
	/** What it says, or its hash, is not what was written. */
	| 'altered'
	/** It is not there. */
	| 'missing'
	/** It was never written, or not in this place. */
	| 'misplaced'
	/** It was there: a checkpoint or the head of the chain says so. */
	| 'cut_off'
	/** A checkpoint says that another row was here. */
	| 'replaced'
	/** There is no checkpoint of the chain at all. */
	| 'no_checkpoint';

export interface ChainReport extends Tenant {
	/** Rows that are there. */
	rows: number;
	/** The first row that is not as it was written, by its number in the chain; null: all are. */
	bad: { seq: number; fault: Fault } | null;
	/** Where the chain has got to, as far as it is sound. */
	head: Head;
}

export interface AuditReport {
	chains: readonly ChainReport[];
	/** Lines of the checkpoints that were not signed with this key. */
	foreign: readonly number[];
}

export interface VerifyOptions {
	store: Store;
	key: Buffer;
	checkpoints: string;
}

const PAGE = 1_000;

/** Reads every chain from its first row on, and compares it with its checkpoints. */
export async function verifyAudit({ store, key, checkpoints }: VerifyOptions): Promise<AuditReport> {
	const { heads: signed, foreign } = await readCheckpoints(checkpoints, key);
	const heads = await allHeads(store);
	const names = new Map([...signed, ...heads].map((head): [string, ChainHead] => [chainOf(head), head]));
	const chains: ChainReport[] = [];
	for (const [name, { platform, tenant }] of names) {
		const ofChain = (all: readonly ChainHead[]) => all.filter((head) => chainOf(head) === name);
		chains.push(await verifyChain({ store, key }, { platform, tenant }, ofChain(signed), ofChain(heads)));
	}
	return { chains, foreign };
}

async function verifyChain(
	{ store, key }: Pick<VerifyOptions, 'store' | 'key'>,
	tenant: Tenant,
	signed: readonly Head[],
	heads: readonly Head[],
): Promise<ChainReport> {
	const due = new Map<number, string[]>();
	for (const { seq, hash } of [...signed, ...heads]) due.set(seq, [...(due.get(seq) ?? []), hash]);
	let head = START;
	let rows = 0;
	let bad: ChainReport['bad'] = null;
	for await (const row of rowsOf(store, tenant)) {
		rows += 1;
		if (bad !== null) continue;
		const fault = faultOf(row, tenant, head, key);
		if (fault !== null) bad = { seq: head.seq + 1, fault };
		else {
			head = { seq: head.seq + 1, hash: row.data?.hash ?? '' };
			const isOther = (due.get(head.seq) ?? []).some((hash) => hash !== head.hash);
			if (isOther) bad = { seq: head.seq, fault: 'replaced' };
		}
	}
	const last = Math.max(0, ...due.keys());
	if (bad === null && last > head.seq) bad = { seq: head.seq + 1, fault: 'cut_off' };
	if (bad === null && signed.length === 0) bad = { seq: head.seq, fault: 'no_checkpoint' };
	return { ...tenant, rows, bad, head };
}

/** One entry of a chain's log. `data` null: it is no row. */
export interface LoggedRow {
	/** Where it stands in the log. */
	at: number;
	data: SealedRow | null;
}

/** The rows of a chain as they stand in the store. */
export async function* rowsOf(store: Store, tenant: Tenant): AsyncGenerator<LoggedRow, void> {
	for (let after = 0; ; ) {
		const page = await store.read(chainOf(tenant), { after, limit: PAGE });
		for (const { seq, value } of page) yield { at: seq, data: sealedRowSchema.safeParse(value).data ?? null };
		const last = page.at(-1);
		if (last === undefined || page.length < PAGE) return;
		after = last.seq;
	}
}

function faultOf({ at, data }: LoggedRow, tenant: Tenant, head: Head, key: Buffer): Fault | null {
	if (at > head.seq + 1) return 'missing';
	if (data === null) return 'altered';
	const { hash, ...open } = data;
	const isOwn = hash === hashOf(open, key);
	if (!isOwn) return 'altered';
	// Whole rows of ours, but not these, or not here.
	const follows = data.seq === head.seq + 1 && data.prevHash === head.hash;
	return follows && data.platform === tenant.platform && data.tenant === tenant.tenant ? null : 'misplaced';
}
