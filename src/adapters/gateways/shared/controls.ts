import { createHash } from 'node:crypto';
import { z } from 'zod';
import { allRecords, type Store } from '../../../core/store.ts';
import { type ApprovalControl, approvalControlSchema } from './approval-control.ts';

const runControlSchema = z.object({
	session: z.string(),
	run: z.string(),
	action: z.enum(['stop', 'retry', 'follow_up', 'why', 'good', 'bad', 'choose']),
	/** With `choose`: which tie, and for whom. */
	orchestration: z.number().int().positive().nullable(),
	agent: z.string().nullable(),
});
/** What a button of a board or a choice does. */
export type RunControl = z.infer<typeof runControlSchema>;

const controlSchema = z.union([runControlSchema, approvalControlSchema]);
/** What a button of a thread does. */
export type Control = z.infer<typeof controlSchema>;

/** Whether a button is one of a card. */
export const isOfCard = (control: Control): control is ApprovalControl => 'approval' in control;

/** Where a button is: it does nothing anywhere else. */
export interface Position {
	tenant: string;
	channel: string;
	message: string;
}

const recordSchema = z.object({
	control: controlSchema,
	tenant: z.string(),
	channel: z.string(),
	message: z.string(),
});

/** The buttons of a platform: their ids say nothing, and what they do is found again after a restart. */
export interface Controls {
	/** Remembers the buttons of a message that has been posted or edited. Durable when it resolves. */
	keep(controls: readonly Control[], position: Position): Promise<void>;
	/** What the pressed button does; null: there is no such button at this place. */
	find(id: string, position: Position): Promise<Control | null>;
}

/** The id of a button, 25 characters: the same in every process, and unknown to whoever has not seen it. */
export function controlId(control: Control): string {
	const { session, run, action } = control;
	const more = isOfCard(control)
		? [control.approval, control.callId, control.revision]
		: [control.orchestration, control.agent];
	const named = JSON.stringify([session, run, action, ...more]);
	return `mg_${createHash('sha256').update(named).digest('base64url').slice(0, 22)}`;
}

export function createControls(store: Store, platform: string): Controls {
	const kind = `${platform}-control`;
	return {
		async keep(controls, position) {
			if (controls.length === 0) return;
			await store.commit(
				controls.map((control) => ({
					type: 'put',
					kind,
					key: controlId(control),
					value: { control, ...position },
				})),
			);
		},
		async find(id, { tenant, channel, message }) {
			if (!/^mg_[\w-]{22}$/.test(id)) return null;
			const found = await store.get(kind, id);
			if (found === null) return null;
			const record = recordSchema.parse(found.value);
			const isHere = record.tenant === tenant && record.channel === channel && record.message === message;
			return isHere ? record.control : null;
		},
	};
}

/** Forgets the buttons of sessions that are no more. */
export async function forgetControls(store: Store, platform: string, sessions: ReadonlySet<string>): Promise<void> {
	const kind = `${platform}-control`;
	for await (const { key, value } of allRecords(store, kind)) {
		const record = recordSchema.safeParse(value).data;
		if (record === undefined || !sessions.has(record.control.session)) continue;
		await store.commit([{ type: 'delete', kind, key }]);
	}
}
