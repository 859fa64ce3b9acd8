import { describe, expect, it } from 'vitest';
import { commands } from '../../../commands/index.ts';
import type { Bot } from '../../../src/core/command.ts';
import { strictEnglish } from '../../support/say.ts';

const say = await strictEnglish();

const principal = { platform: 'web', tenant: 'acme', user: 'ada', roles: [] };

/** Runs a command as dispatch does; the result is what it asked of the bot. */
async function run(name: string, options: Record<string, unknown>, busy = false) {
	const done: unknown[] = [];
	const bot: Bot = {
		async ask(request) {
			done.push(['ask', request]);
			return busy ? { type: 'queued', position: 2 } : { type: 'started', run: 'r1' };
		},
		async resume(id, session) {
			done.push(['resume', id, session]);
			return 'r1';
		},
		choose: async () => false,
		async stop(session, by) {
			done.push(['stop', session, by]);
			return !busy;
		},
		async retry(request) {
			done.push(['retry', request]);
			return busy ? { type: 'queued', position: 2 } : { type: 'started', run: 'r1' };
		},
	};
	const command = commands.find((candidate) => candidate.name === name);
	if (command === undefined) throw new Error(`no command ${name}`);
	const reply = async (text: string) => void done.push(['reply', text]);
	await command.run(command.options.parse(options), bot, { id: 'i1', session: 's', principal, say, reply });
	return done;
}

const refuses = (name: string, options: Record<string, unknown>) =>
	commands.find((command) => command.name === name)?.options.safeParse(options).success === false;

describe('the commands', () => {
	it('have names of their own, a description and a permission', () => {
		expect(new Set(commands.map((command) => command.name)).size).toBe(commands.length);
		for (const { name, description, permission } of commands) {
			expect(name).toMatch(/^[a-z][a-z-]{0,31}$/);
			expect(description.length).toBeGreaterThan(0);
			expect(description.length).toBeLessThanOrEqual(100);
			expect(permission).toMatch(/^[a-z]+\.[a-z]+$/);
		}
	});
});

describe('ask', () => {
	it('puts the question to the default team, or to the one that is named', async () => {
		const common = { id: 'i1', session: 's', principal, question: 'Why?' };
		expect(await run('ask', { question: 'Why?' })).toEqual([['ask', { ...common, team: null, quick: false }]]);
		expect(await run('ask', { question: 'Why?', team: 'trio', quick: true })).toEqual([
			['ask', { ...common, team: 'trio', quick: true }],
		]);
	});

	it.each([
		[{}],
		[{ question: 7 }],
		[{ question: 'Why?', team: '' }],
		[{ question: 'Why?', quick: 'yes' }],
		[{ question: 'Why?', tempo: 1 }],
	])('refuses %j', (options) => {
		expect(refuses('ask', options)).toBe(true);
	});
});

describe('stop and retry', () => {
	it('are about the thread they are given in, and say what came of it', async () => {
		expect(await run('stop', {})).toEqual([
			['stop', 's', 'ada'],
			['reply', 'Stopped.'],
		]);
		expect(await run('stop', {}, true)).toEqual([
			['stop', 's', 'ada'],
			['reply', 'Nothing is running in this thread.'],
		]);
		expect(await run('retry', {})).toEqual([['retry', { id: 'i1', session: 's', principal, run: null }]]);
		expect(await run('retry', { run: 'r7' }, true)).toEqual([
			['retry', { id: 'i1', session: 's', principal, run: 'r7' }],
			['reply', expect.stringContaining('position 2')],
		]);
	});

	it('a question behind a run that is going is told its position', async () => {
		expect(await run('ask', { question: 'Why?' }, true)).toContainEqual([
			'reply',
			expect.stringContaining('position 2'),
		]);
	});
});

describe('resume', () => {
	it('continues the latest run, or the one that is named', async () => {
		expect(await run('resume', {})).toEqual([['resume', null, 's']]);
		expect(await run('resume', { run: 'r7' })).toEqual([['resume', 'r7', 's']]);
	});

	it.each([[{ run: '' }], [{ run: 7 }], [{ id: 'r7' }]])('refuses %j', (options) => {
		expect(refuses('resume', options)).toBe(true);
	});
});
