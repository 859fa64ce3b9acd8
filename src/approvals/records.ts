import { z } from 'zod';
import { type Approval, approvalSchema, isOpen } from '../core/approval.ts';
import { BotError } from '../core/errors.ts';
import { allRecords, recordsFrom, type Store, type StoreChange } from '../core/store.ts';
import { sha256, type ToolFacts } from './digest.ts';

/** Requests by id. */
const KIND = 'approvals';
/** Ids of a run's requests, in the order in which they were made. */
const OF_RUN = 'approvals-of-run';
/** Sessions of those that wait, by id. */
const OPEN = 'approvals-open';
/** What was known of tools that people were asked about, by its hash. */
const TOOLS = 'approval-tools';

const idSchema = z.object({ id: z.string() });
const openSchema = z.object({ run: z.string(), session: z.string() });
const toolSchema: z.ZodType<ToolFacts> = z.object({
	name: z.string(),
	source: z.string(),
	effects: z.enum(['none', 'workspace', 'external', 'irreversible']),
	openWorld: z.boolean(),
	idempotent: z.boolean(),
	fingerprint: z.string(),
	description: z.string(),
	parameters: z.record(z.string(), z.unknown()),
});

export interface Stored {
	approval: Approval;
	version: number;
}

/** Requests in the store. A record that cannot be read is an error: nothing runs on its account. */
export interface ApprovalRecords {
	get(id: string): Promise<Stored | null>;
	/** Oldest first. */
	ofRun(run: string): Promise<readonly Stored[]>;
	/** Those that somebody is still to decide, by id and session. */
	open(): Promise<readonly { id: string; run: string; session: string }[]>;
	create(approval: Approval): readonly StoreChange[];
	/** Holds only while the record is still what `stored` was. */
	change(stored: Stored, next: Approval): readonly StoreChange[];
	tool(key: string): Promise<ToolFacts | null>;
	keepTool(key: string, facts: ToolFacts): Promise<void>;
}

export function createApprovalRecords(store: Store): ApprovalRecords {
	const get = async (id: string): Promise<Stored | null> => {
		const found = await store.get(KIND, id);
		if (found === null) return null;
		const approval = approvalSchema.safeParse(found.value).data;
		if (approval === undefined) throw new BotError('store_failed', `the approval ${id} is unreadable`);
		return { approval, version: found.version };
	};

	return {
		get: (id) => (isId(id) ? get(id) : Promise.resolve(null)),
		async ofRun(run) {
			const found: Stored[] = [];
			const prefix = `${nameOf(run)}-`;
			for (let after = prefix; ; ) {
				const page = await store.list(OF_RUN, { after, limit: 100 });
				for (const { key, value } of page) {
					if (!key.startsWith(prefix)) return found;
					const stored = await get(idSchema.parse(value).id);
					if (stored !== null) found.push(stored);
				}
				const last = page.at(-1);
				if (last === undefined) return found;
				after = last.key;
			}
		},
		async open() {
			const found: { id: string; run: string; session: string }[] = [];
			for await (const { key, value } of allRecords(store, OPEN)) found.push({ id: key, ...openSchema.parse(value) });
			return found;
		},
		create(approval) {
			const { id, run, session, createdAt } = approval;
			const place = `${nameOf(run)}-${String(createdAt).padStart(15, '0')}-${id}`;
			return [
				{ type: 'put', kind: KIND, key: id, value: approval, version: 0 },
				{ type: 'put', kind: OF_RUN, key: place, value: { id }, version: 0 },
				...(isOpen(approval)
					? [{ type: 'put' as const, kind: OPEN, key: id, value: { run, session }, version: 0 }]
					: []),
			];
		},
		change({ approval, version }, next) {
			const put: StoreChange = { type: 'put', kind: KIND, key: next.id, value: next, version };
			return isOpen(approval) && !isOpen(next) ? [put, { type: 'delete', kind: OPEN, key: next.id }] : [put];
		},
		async tool(key) {
			const found = await store.get(TOOLS, key);
			return found === null ? null : toolSchema.parse(found.value);
		},
		async keepTool(key, value) {
			if ((await store.get(TOOLS, key)) === null) await store.commit([{ type: 'put', kind: TOOLS, key, value }]);
		},
	};
}

/** The changes after which nothing of a run's requests is there. Their places in the audit stay. */
export async function requestsForgotten(store: Store, run: string): Promise<StoreChange[]> {
	const places = await recordsFrom(store, OF_RUN, `${nameOf(run)}-`);
	return places.flatMap(({ key, value }): StoreChange[] => {
		const { id } = idSchema.parse(value);
		return [
			{ type: 'delete', kind: KIND, key: id },
			{ type: 'delete', kind: OPEN, key: id },
			{ type: 'delete', kind: OF_RUN, key },
		];
	});
}

/** Ids come from people's buttons: anything else was never one. */
const isId = (id: string) => /^[\w-]{22}$/.test(id);

/** Ids of runs may be of any length; keys of the store are short. */
const nameOf = (run: string) => sha256(run);
