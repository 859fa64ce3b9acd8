import { describe, expect, it } from 'vitest';
import { type Control, controlId, createControls } from '../../../../../src/adapters/gateways/shared/controls.ts';
import { createMemoryStore } from '../../../../../src/adapters/stores/memory.ts';

const stop: Control = { session: 'slack:t:c:1', run: 'r1', action: 'stop', orchestration: null, agent: null };
const choose: Control = { ...stop, action: 'choose', orchestration: 2, agent: 'a' };
const here = { tenant: 't', channel: 'c', message: '1.5' };

describe('the buttons of a platform', () => {
	it('are found by the next process, with ids that say nothing', async () => {
		const store = createMemoryStore();
		await createControls(store, 'slack').keep([stop, choose], here);
		const next = createControls(store, 'slack');
		expect(await next.find(controlId(choose), here)).toEqual(choose);
		expect(await next.find(controlId(stop), here)).toEqual(stop);
		expect(controlId(stop)).toMatch(/^mg_[\w-]{22}$/);
		expect(new Set([controlId(stop), controlId(choose), controlId({ ...stop, run: 'r2' })]).size).toBe(3);
	});

	it.each([[{ ...here, tenant: 'u' }], [{ ...here, channel: 'd' }], [{ ...here, message: '1.6' }]])(
		'do nothing at another place: %j',
		async (there) => {
			const controls = createControls(createMemoryStore(), 'slack');
			await controls.keep([stop], here);
			expect(await controls.find(controlId(stop), there)).toBeNull();
		},
	);

	it.each(['', 'mg_', 'stop', `mg_${'x'.repeat(22)}`, 'x'.repeat(5_000)])('are not found by %j', async (id) => {
		const controls = createControls(createMemoryStore(), 'slack');
		await controls.keep([stop], here);
		expect(await controls.find(id, here)).toBeNull();
	});

	it('that nobody kept do nothing on another platform', async () => {
		const store = createMemoryStore();
		await createControls(store, 'slack').keep([stop], here);
		expect(await createControls(store, 'discord').find(controlId(stop), here)).toBeNull();
	});
});
