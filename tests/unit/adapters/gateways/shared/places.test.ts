import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createPlaces } from '../../../../../src/adapters/gateways/shared/places.ts';
import { createMemoryStore } from '../../../../../src/adapters/stores/memory.ts';

const schema = z.object({ channel: z.string() });

describe('the places of a platform', () => {
	it('are found by session and by conversation, also by the next process, the latest last', async () => {
		const store = createMemoryStore();
		const places = createPlaces(store, 'slack', schema);
		await places.put('slack:t:c:1', { channel: 'c' }, 't/c/1.5');
		await places.put('slack:t:c:2', { channel: 'd' }, 't/c/1.5');
		await places.put('slack:t:c:3', { channel: 'e' }, null);
		const next = createPlaces(store, 'slack', schema);
		expect(await next.get('slack:t:c:1')).toEqual({ channel: 'c' });
		expect(await next.find('t/c/1.5')).toBe('slack:t:c:2');
		expect([await next.get('slack:t:c:9'), await next.find('t/c/9')]).toEqual([null, null]);
	});

	it('are not those of another platform, and may have long names', async () => {
		const store = createMemoryStore();
		const long = 'x'.repeat(500);
		await createPlaces(store, 'slack', schema).put(`${long}1`, { channel: 'c' }, `${long}2`);
		expect(await createPlaces(store, 'discord', schema).get(`${long}1`)).toBeNull();
		expect(await createPlaces(store, 'slack', schema).find(`${long}2`)).toBe(`${long}1`);
		expect(await createPlaces(store, 'slack', schema).find(`${long}1`)).toBeNull();
	});
});
