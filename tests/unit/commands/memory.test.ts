import { describe, expect, it } from 'vitest';
import { memory as command } from '../../../commands/memory.ts';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import type { Bot, CommandContext } from '../../../src/core/command.ts';
import { memoryWorld } from '../../support/memory-world.ts';
import { strictEnglish } from '../../support/say.ts';

const say = await strictEnglish();

/** The command over a real memory; `do` gives what was said and which permissions were asked for. */
async function world(on = true) {
	const { book } = await memoryWorld({ store: createMemoryStore() });
	const bot = { memory: on ? book : null } as unknown as Bot;
	return {
		async do(options: Record<string, unknown>, user = 'ann') {
			const said: string[] = [];
			const demanded: string[] = [];
			const context: CommandContext = {
				...{ id: 'i', session: 'slack:T1:C1:1', say, locale: null, files: [], commands: [] },
				principal: { platform: 'slack', tenant: 'T1', user, roles: [], kind: 'member' },
				demand: async (permission) => void demanded.push(permission),
				reply: async (text) => void said.push(text),
			};
			await command.run(command.options.parse(options), bot, context);
			return { said: said.join('\n'), demanded };
		},
	};
}

const idIn = (said: string) => /`([\da-f]{8})`/.exec(said)?.[1] ?? '';

describe('/massgen memory', () => {
	it('says how it is turned on where it is off', async () => {
		const off = await world(false);
		expect((await off.do({})).said).toContain('memory: {enabled: true}');
	});

	it('adds, shows with the origin, finds, puts right, and forgets', async () => {
		const place = await world();
		const added = await place.do({ action: 'add', text: 'We deploy on Fridays' });
		expect(added.demanded).toEqual(['memory:write']);
		const id = idIn(added.said);
		const shown = (await place.do({})).said;
		expect(shown).toContain('1 of at most 2,000, kept for good');
		expect(shown).toMatch(new RegExp(`\`${id}\` We deploy on Fridays \\(written down, \\d{4}-`));
		expect((await place.do({ action: 'search', text: 'deploy' })).said).toContain('We deploy on Fridays');
		await place.do({ action: 'edit', id, text: 'We deploy on Mondays' });
		expect((await place.do({ action: 'export' })).said).toContain('"text":"We deploy on Mondays"');
		expect(await place.do({ action: 'forget', id })).toEqual({ said: 'Forgotten for good: 1.', demanded: [] });
		expect((await place.do({})).said).toContain('Nothing is remembered yet.');
	});

	it('lets people take back what they wrote themselves, and asks for the permission otherwise', async () => {
		const place = await world();
		const id = idIn((await place.do({ action: 'add', text: 'We deploy on Fridays' }, 'bob')).said);
		expect((await place.do({ action: 'forget', id })).demanded).toEqual(['memory:delete']);
		expect((await place.do({ action: 'forget', all: true })).demanded).toEqual(['memory:delete']);
		expect((await place.do({ action: 'off' })).demanded).toEqual(['memory:write']);
	});

	it('keeps to oneself what is one\u2019s own, once one has said so', async () => {
		const place = await world();
		await expect(place.do({ action: 'add', text: 'I like tea', mine: true })).rejects.toMatchObject({
			code: 'input_invalid',
		});
		expect((await place.do({ action: 'on', mine: true })).demanded).toEqual([]);
		await place.do({ action: 'add', text: 'I like tea', mine: true });
		expect((await place.do({ mine: true })).said).toContain('I like tea');
		expect((await place.do({})).said).not.toContain('I like tea');
		expect((await place.do({ mine: true }, 'bob')).said).not.toContain('I like tea');
		expect((await place.do({ action: 'forget', mine: true, all: true })).demanded).toEqual([]);
	});

	it('lets nobody shorten how long memories are kept who may not forget them', async () => {
		const place = await world();
		expect((await place.do({ action: 'on' })).demanded).toEqual(['memory:write']);
		expect((await place.do({ action: 'on', days: '1' })).demanded).toEqual(['memory:write', 'memory:delete']);
		expect((await place.do({ action: 'on', days: '1', mine: true })).demanded).toEqual([]);
	});

	it('exports everything, however many replies it takes', async () => {
		const place = await world();
		for (let n = 0; n < 80; n += 1) await place.do({ action: 'add', text: `Lot ${n} holds ${'x'.repeat(200)}` });
		const found = new Set<string>();
		let more: string | undefined;
		for (let round = 0; round < 4; round += 1) {
			const { said } = await place.do({ action: 'export', ...(more === undefined ? {} : { id: more }) });
			for (const [, id = ''] of said.matchAll(/"id":"([^"]+)"/g)) found.add(id);
			more = /export id:([^`]+)`/.exec(said)?.[1];
			if (more === undefined) break;
		}
		expect(more).toBeUndefined();
		expect(found.size).toBe(80);
	});

	it('says what is missing, and takes no id that means several or none', async () => {
		const place = await world();
		for (const action of ['search', 'add', 'edit']) expect((await place.do({ action })).said).toContain('`text`');
		expect((await place.do({ action: 'forget' })).said).toContain('Name one memory');
		expect((await place.do({ action: 'forget', id: 'zzz' })).said).toContain('Name one memory');
	});

	it('shows what cannot be seen, and an export that nothing breaks out of', async () => {
		const place = await world();
		await place.do({ action: 'add', text: 'A ``` fence' });
		const { said } = await place.do({ action: 'export' });
		expect(said.match(/```/g)).toHaveLength(2);
	});
});
