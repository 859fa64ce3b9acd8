import { z } from 'zod';
import type { MemorySpace } from '../core/memory.ts';
import type { Store } from '../core/store.ts';
import { settingIdOf } from './spaces.ts';

const SETTINGS = 'memory-setting';
const settingSchema = z.object({
	on: z.boolean(),
	/** Null: as the configuration says. 0: for good. */
	retentionDays: z.number().int().nonnegative().nullable(),
	/** Who said so, and when. */
	by: z.string(),
	at: z.number().int(),
	/** When all of it was last forgotten: runs that began before are not learned of. Null: never. */
	forgottenAt: z.number().int().nullable().default(null),
});
export type MemorySetting = z.infer<typeof settingSchema>;

/** What people said of a space: whether it may be filled and read, and for how long. */
export interface Consents {
	/** Whether memories may be made and used. Of a person only once they have said so. */
	isOn(space: MemorySpace): Promise<boolean>;
	/** Days that memories are kept; null: for good. */
	retentionDays(space: MemorySpace): Promise<number | null>;
	set(space: MemorySpace, setting: MemorySetting): Promise<void>;
	get(space: MemorySpace): Promise<MemorySetting | null>;
}

export function createConsents(store: Store, usual: { retentionDays: number | null }): Consents {
	const get = async (space: MemorySpace): Promise<MemorySetting | null> => {
		const found = await store.get(SETTINGS, settingIdOf(space));
		return found === null ? null : settingSchema.parse(found.value);
	};
	return {
		get,
		async isOn(space) {
			return (await get(space))?.on ?? space.owner !== 'user';
		},
		async retentionDays(space) {
			const days = (await get(space))?.retentionDays ?? usual.retentionDays;
			return days === 0 ? null : days;
		},
		async set(space, value) {
			await store.commit([{ type: 'put', kind: SETTINGS, key: settingIdOf(space), value }]);
		},
	};
}
