import { describe, expect, it } from 'vitest';
import { commands } from '../../../commands/index.ts';
import type { Bot, RunStatus, SessionView, Why } from '../../../src/core/command.ts';
import { formOf } from '../../../src/core/command-form.ts';
import type { PlannedTask } from '../../../src/core/task-plan.ts';
import type { ToolServerView } from '../../../src/core/tool-pins.ts';
import { accessWorld, shippedAccess } from '../../support/access.ts';
import { strictEnglish } from '../../support/say.ts';

const say = await strictEnglish();
const { rules } = await shippedAccess();

const principal = { platform: 'web', tenant: 'acme', user: 'ada', roles: [] };

const row = { agent: 'a', name: 'agent2', model: 'gpt', tool: null, version: 1, votes: null } as const;
const plan: PlannedTask[] = [
	{ id: 'a', description: 'Look it up', status: 'completed', dependsOn: [] },
	{ id: 'b', description: 'Write it down', status: 'pending', dependsOn: ['a'] },
];
const running: RunStatus = {
	session: 's',
	run: 'r1',
	title: 'Why?',
	team: 'trio',
	startedAt: Date.UTC(2026, 0, 31),
	finished: null,
	rows: [{ ...row, state: 'out', note: 'no credit', plan }],
	waiting: 2,
};
const threads: SessionView[] = [
	{
		session: 'slack:t:c:1',
		title: 'Why **is**\nthe sea\u202e blue?',
		startedAt: Date.UTC(2026, 0, 31),
		state: 'running',
		outcome: 'answered',
		runs: 2,
		waiting: 1,
		link: 'https://slack.example/archives/c/p1',
	},
	{
		session: 'terminal:local:terminal:x',
		title: 'And the sky?',
		startedAt: Date.UTC(2026, 0, 30),
		state: 'finished',
		outcome: 'partial',
		runs: 1,
		waiting: 0,
		link: null,
	},
];
const remembered = { session: 's', run: null, by: 'ann', trust: 'said', at: Date.UTC(2026, 0, 2) } as const;
const votes: Why = {
	agents: [
		{ agent: 'a', name: 'agent2', model: 'gpt' },
		{ agent: 'b', name: 'agent1', model: 'claude' },
	],
	tallies: [
		{
			type: 'tally',
			key: 'tally:1',
			by: 'all_voted',
			rows: [],
			votes: [
				{ agent: 'a', target: 'b', label: 'agent1.1', reason: 'It is complete.' },
				{ agent: 'b', target: 'a', label: 'agent2.1', reason: ' ' },
			],
			winner: 'b',
			tie: { rule: 'order', tied: ['a', 'b'] },
		},
	],
	memories: [
		{ ...remembered, id: '11111111-a', text: 'We deploy\u202e on Fridays', owner: 'channel' },
		{ ...remembered, id: '22222222-b', text: 'I like tea', owner: 'user', by: 'somebody else' },
	],
};
const trio = { name: 'trio', description: 'Three models', members: [{ id: 'a', model: 'gpt' }] };

const definition = { name: 'tide', description: 'tells\u202e it', inputSchema: { type: 'object' } };
const servers: ToolServerView[] = [
	{
		server: 'sea',
		instructions: 'Be kind.',
		tools: [
			{
				name: 'tide',
				state: 'changed',
				digest: 'd1',
				accepted: { ...definition, description: 'told' },
				seen: definition,
			},
			{ name: 'wave', state: 'accepted', digest: 'd2', accepted: definition, seen: { ...definition, name: 'wave' } },
		],
	},
	{ server: 'sky', instructions: '', tools: null },
];

/** Runs a command as dispatch does; the result is what it asked of the bot. */
async function run(name: string, options: Record<string, unknown>, busy = false, platform = 'web') {
	const done: unknown[] = [];
	const bot: Bot = {
		async ask(request) {
			done.push(['ask', request]);
			return busy ? { type: 'queued', position: 2 } : { type: 'started', run: 'r1' };
		},
		decide: async () => null,
		async resume(id, session) {
			done.push(['resume', id, session]);
			return 'r1';
		},
		choose: async () => false,
		approvals: async () => [],
		approval: async () => null,
		policy: () => {
			throw new Error('not asked for');
		},
		tryPolicy: async () => {
			throw new Error('not asked for');
		},
		async stop(request) {
			done.push(['stop', request]);
			return !busy;
		},
		async retry(request) {
			done.push(['retry', request]);
			return busy ? { type: 'queued', position: 2 } : { type: 'started', run: 'r1' };
		},
		status: async () => (busy ? [] : [running]),
		threads: async () => (busy ? { threads: [], more: false } : { threads, more: true }),
		why: async () => (busy ? null : votes),
		async rate(request) {
			done.push(['rate', request]);
			return !busy;
		},
		teams: async () => ({ teams: busy ? [] : [trio], notes: ['No key is set.'] }),
		toolServers: async () => (busy ? [] : servers),
		async acceptTools(server, tool) {
			done.push(['accept', server, tool]);
			return ['tide'];
		},
		roles: accessWorld({ rules }).roles,
	};
	const command = commands.find((candidate) => candidate.name === name);
	if (command === undefined) throw new Error(`no command ${name}`);
	const reply = async (text: string) => void done.push(['reply', text]);
	const demand = async (permission: string) => void done.push(['demand', permission]);
	const forms = commands.filter(({ reach }) => reach === 'everywhere').map(formOf);
	const who = { ...principal, platform };
	const context = {
		id: 'i1',
		session: 's',
		principal: who,
		locale: null,
		files: [],
		say,
		commands: forms,
		demand,
		reply,
	};
	await command.run(command.options.parse(options), bot, context);
	return done;
}

const refuses = (name: string, options: Record<string, unknown>) =>
	commands.find((command) => command.name === name)?.options.safeParse(options).success === false;

describe('the commands', () => {
	it('have names of their own, a permission, and texts that say what they and their options are for', () => {
		expect(new Set(commands.map((command) => command.name)).size).toBe(commands.length);
		for (const { name, permission } of commands) {
			expect(name).toMatch(/^[a-z][a-z-]{0,31}$/);
			expect(permission).toMatch(/^[a-z]+:[a-z]+$/);
		}
		for (const { name, fields } of commands.filter(({ reach }) => reach === 'everywhere').map(formOf)) {
			const choices = fields.flatMap((field) => field.choices.map((choice) => `${field.name}.${choice}`));
			for (const key of ['', ...fields.map((field) => `.${field.name}`), ...choices.map((choice) => `.${choice}`)]) {
				const text = say(`command.${name}${key}`);
				expect(text.length).toBeGreaterThan(0);
				expect(text.length).toBeLessThanOrEqual(100);
			}
		}
	});
});

describe('ask', () => {
	it('puts the question to the default team, or to the one that is named', async () => {
		const shown = { verbosity: 'normal', locale: null, files: [] };
		const common = { id: 'i1', session: 's', principal, question: 'Why?', ...shown };
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
			['stop', { session: 's', by: 'ada', allow: expect.any(Function), run: null, locale: null }],
			['reply', 'Stopped.'],
		]);
		expect(await run('stop', {}, true)).toEqual([
			['stop', { session: 's', by: 'ada', allow: expect.any(Function), run: null, locale: null }],
			['reply', 'Nothing is running in this thread.'],
		]);
		expect(await run('retry', {})).toEqual([['retry', { id: 'i1', session: 's', principal, run: null, locale: null }]]);
		expect(await run('retry', { run: 'r7' }, true)).toEqual([
			['retry', { id: 'i1', session: 's', principal, run: 'r7', locale: null }],
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

describe('sessions', () => {
	it('lists the threads with their state and where to go on with each', async () => {
		const [said] = (await run('sessions', {})) as [[string, string]];
		expect(said[1].split('\n')).toEqual([
			'Threads of this channel, the newest first:',
			'- **Why **is** the sea<U+202E> blue?** · running · 2 runs · begun 2026-01-31T00:00 UTC · https://slack.example/archives/c/p1 · 1 question waits behind it.',
			'- **And the sky?** · answered in part · 1 run · begun 2026-01-30T00:00 UTC · terminal:local:terminal:x',
			'There are older threads.',
			'To go on with one, reply in its thread.',
		]);
		const [here] = (await run('sessions', {}, false, 'terminal')) as [[string, string]];
		expect(here[1]).toContain('`npm run ask -- --session ID`');
	});

	it('says what to do where there is none', async () => {
		expect(await run('sessions', {}, true)).toEqual([
			['reply', 'No thread has been begun here yet. Ask a question to begin one.'],
		]);
	});
});

describe('status, why, rate, teams and help', () => {
	const said = async (...given: Parameters<typeof run>) => (await run(...given)).at(-1);

	it('say how a run stands, with what waits behind it', async () => {
		const text = String((await said('status', {})) ?? '');
		expect(text).toContain('**Why?**');
		expect(text).toContain('agent2 · gpt: out (no credit)');
		expect(text).toContain('2 questions wait');
		expect(text).toContain('(no credit)\n  - ☑ Look it up\n  - ☐ Write it down');
		expect(await said('status', {}, true)).toEqual(['reply', 'Nothing is running here.']);
	});

	it('give every vote with its reason, and how a tie was broken', async () => {
		const text = String((await said('why', {})) ?? '');
		expect(text).toContain('**agent2 (gpt)** voted for **agent1 (claude)**: It is complete.');
		expect(text).toContain('no reason given');
		expect(text).toContain('A tie between agent2 (gpt), agent1 (claude)');
		expect(await said('why', {}, true)).toEqual(['reply', 'There is no run in this thread.']);
	});

	it('tell what was remembered and where it came from, and nobody what is somebody else\u2019s own', async () => {
		const text = String((await said('why', {})) ?? '');
		expect(text).toMatch(/`11111111` We deploy.* on Fridays \(of this channel, written down, 2026-01-02\)/);
		expect(text).not.toContain('\u202e');
		expect(text).not.toContain('I like tea');
		expect(text).toContain('Only they are shown it');
	});

	it('keep a verdict, and refuse any other', async () => {
		expect(await run('rate', { verdict: 'good' })).toEqual([
			['rate', { session: 's', run: null, principal, verdict: 'good' }],
			['reply', expect.stringContaining('was of use')],
		]);
		expect(await said('rate', { verdict: 'bad' }, true)).toEqual(['reply', expect.stringContaining('no run')]);
		expect(refuses('rate', { verdict: 'fine' })).toBe(true);
	});

	it('name the teams, and say what to do when there is none', async () => {
		expect(await said('teams', {})).toEqual(['reply', '- **trio** (default): Three models · gpt\nNo key is set.']);
		expect(String(await said('teams', {}, true))).toContain('npm run doctor');
	});

	it('name every command that can be used here, and no other', async () => {
		const text = String(await said('help', {}));
		for (const { name, reach } of commands) expect(text.includes(`/massgen ${name}\``)).toBe(reach === 'everywhere');
	});
});

describe('tools', () => {
	const textOf = async (options: Record<string, unknown>) =>
		(await run('tools', options)).map((entry) => (Array.isArray(entry) ? String(entry[1]) : '')).join('\n');

	it('lists the servers and what waits to be accepted', async () => {
		expect(await textOf({})).toMatch(
			/\*\*sea\*\*: 2 tools; not used until somebody accepts them: tide\n.*sky\*\*: not seen yet/,
		);
		expect(await run('tools', {}, true)).toEqual([['reply', expect.stringContaining('No MCP server is configured')]]);
	});

	it('shows what was accepted beside what is seen now, with what nobody would see', async () => {
		const shown = await textOf({ action: 'show', server: 'sea', tool: 'tide' });
		expect(shown).toMatch(
			/tide\*\* has changed.*What has changed.*\n {4}- description: "told"\n {4}\+ description: "tells<U\+202E> it"$/s,
		);
		expect(shown).toContain('    Be kind.');
		expect(shown).not.toContain('wave');
		expect(shown).not.toContain('inputSchema');
	});

	it('says so when nothing but the image of its server has changed', async () => {
		const { description } = definition;
		definition.description = 'told';
		expect(await textOf({ action: 'show', server: 'sea', tool: 'tide' })).toMatch(/is as it was; .* another image\.$/);
		definition.description = description;
	});

	it('shows the whole of a long definition, in several replies', async () => {
		const tail = 'and send it away';
		definition.description = `${'x '.repeat(5_000)}${tail}`;
		const replies = await run('tools', { action: 'show', server: 'sea', tool: 'tide' });
		definition.description = 'tells\u202e it';
		expect(replies.length).toBeGreaterThan(3);
		for (const reply of replies) expect(String((reply as string[])[1]).length).toBeLessThanOrEqual(3_000);
		expect(JSON.stringify(replies)).toContain(tail);
	});

	it('accepts where whoever types has the machine, and nowhere else', async () => {
		const options = { action: 'pin', server: 'sea' };
		expect(await run('tools', options)).toEqual([
			['demand', 'tool:pin'],
			['accept', 'sea', null],
			['reply', expect.stringContaining('Accepted of sea: tide.')],
		]);
		expect(await run('tools', options, false, 'slack')).toEqual([
			['demand', 'tool:pin'],
			['reply', expect.stringContaining('at the machine')],
		]);
	});

	it('asks which server is meant', async () => {
		expect(await textOf({ action: 'pin' })).toBe('Name one of these servers: sea, sky.');
		expect(await textOf({ action: 'show', server: 'lake' })).toBe('Name one of these servers: sea, sky.');
	});
});
