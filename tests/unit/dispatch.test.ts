import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createMemoryStore } from '../../src/adapters/stores/memory.ts';
import type { Bot, Command } from '../../src/core/command.ts';
import { BotError } from '../../src/core/errors.ts';
import type { Inbound } from '../../src/core/gateway.ts';
import { encodeSessionId } from '../../src/core/session-id.ts';
import type { Store } from '../../src/core/store.ts';
import { createDispatch } from '../../src/dispatch.ts';
import { accessWorld, shippedAccess } from '../support/access.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { strictEnglish } from '../support/say.ts';

const say = await strictEnglish();

const { rules } = await shippedAccess();

const principal = { platform: 'web', tenant: 'acme', user: 'ada', roles: [], kind: 'member' as const };
const command = (id: string, name: string, options: Record<string, unknown> = {}): Inbound => ({
	type: 'command',
	id,
	principal,
	session: 'web:acme:c:1',
	name,
	options,
});

/** A bot that takes one choice, and a command that notes what it was given or throws what it is told to. */
function world(options: { store?: Store; failure?: unknown; clock?: ManualClock; meet?: () => Promise<void> } = {}) {
	const clock = options.clock ?? createManualClock();
	const store = options.store ?? createMemoryStore();
	const ran: unknown[] = [];
	const replies: string[] = [];
	const problems: unknown[] = [];
	const chosen: string[] = [];
	const { doorkeeper, roles } = accessWorld({ rules, store, clock });
	const bot: Bot = {
		ask: async () => ({ type: 'started', run: 'r1' }),
		retry: async () => ({ type: 'started', run: 'r1' }),
		resume: async () => 'r1',
		decide: async () => null,
		stop: async () => false,
		status: async () => [],
		threads: async () => ({ threads: [], more: false }),
		why: async () => null,
		rate: async () => false,
		teams: async () => ({ teams: [], notes: [] }),
		toolServers: async () => [],
		acceptTools: async () => [],
		roles,
		approvals: async () => [],
		approval: async () => null,
		policy: () => {
			throw new Error('not asked for');
		},
		tryPolicy: async () => {
			throw new Error('not asked for');
		},
		async choose(_session, run, _orchestration, agent) {
			chosen.push(`${run} ${agent}`);
			return run === 'open';
		},
	};
	const schema = z.strictObject({ text: z.string(), loud: z.boolean().default(false) });
	const echo: Command<typeof schema> = {
		name: 'say',
		permission: 'run:start',
		reach: 'everywhere',
		options: schema,
		async run(given, _bot, context) {
			await options.meet?.();
			if (options.failure !== undefined) throw options.failure;
			ran.push({ ...given, session: context.session, user: context.principal.user });
		},
	};
	const local: Command<typeof schema> = { ...echo, name: 'local', reach: 'terminal' };
	const { dispatch, forgetOld, recover } = createDispatch({
		store,
		clock,
		bot,
		doorkeeper,
		sayIn: () => say,
		commands: [echo, local],
		onProblem: (error) => void problems.push(error),
	});
	const send = (inbound: Inbound, reply = async (text: string) => void replies.push(text)) => dispatch(inbound, reply);
	return { clock, store, send, forgetOld, recover, ran, replies, problems, chosen };
}

describe('a command', () => {
	it('gets its options, checked and completed, with who asked and where', async () => {
		const { send, ran, replies } = world();
		expect(await send(command('1', 'say', { text: 'hi' }))).toBeNull();
		expect(ran).toEqual([{ text: 'hi', loud: false, session: 'web:acme:c:1', user: 'ada' }]);
		expect(replies).toEqual([]);
	});

	it.each(['shout', '', '__proto__', 'constructor'])(
		'that is unknown (%j) is answered with those that are known',
		async (name) => {
			const { send, ran, replies } = world();
			expect(await send(command('1', name))).toMatchObject({ code: 'input_invalid' });
			expect(replies).toEqual([expect.stringMatching(/no command.*Known: say/)]);
			expect(ran).toEqual([]);
		},
	);

	it('for whoever sits at the machine is unknown everywhere else', async () => {
		const { send, ran } = world();
		expect(await send(command('1', 'local', { text: 'hi' }))).toMatchObject({ code: 'input_invalid' });
		const seated = {
			...command('2', 'local', { text: 'hi' }),
			principal: { ...principal, platform: 'terminal' },
			session: 'terminal:acme:c:1',
		};
		expect(await send(seated)).toBeNull();
		expect(ran).toHaveLength(1);
	});

	it.each([
		['a missing option', {}, /text/],
		['an option of the wrong type', { text: 7 }, /text/],
		['an option that does not exist', { text: 'hi', color: 'red' }, /color/],
	])('with %s says which, and does nothing', async (_, options, which) => {
		const { send, ran, replies, problems } = world();
		expect(await send(command('1', 'say', options))).toMatchObject({ code: 'input_invalid' });
		expect(replies).toEqual([expect.stringMatching(which)]);
		expect([...ran, ...problems]).toEqual([]);
	});
});

describe('a second delivery', () => {
	it('of the same event does nothing, also when it comes at the same moment', async () => {
		const { send, ran } = world();
		await Promise.all([1, 2, 3].map(() => send(command('1', 'say', { text: 'hi' }))));
		expect(await send(command('1', 'say', { text: 'hi' }))).toBeNull();
		expect(ran).toHaveLength(1);
	});

	it('is known after a restart of the process', async () => {
		const before = world();
		await before.send(command('1', 'say', { text: 'hi' }));
		const after = world({ store: before.store });
		await after.send(command('1', 'say', { text: 'hi' }));
		expect(after.ran).toEqual([]);
	});

	it('is told from another event of a like name', async () => {
		const { send, ran } = world();
		const long = 'x'.repeat(300);
		const of = (tenant: string, id: string): Inbound => ({
			...command(id, 'say', { text: 'hi' }),
			principal: { ...principal, tenant },
			session: encodeSessionId({ platform: 'web', tenant, channel: 'c', thread: '1' }),
		});
		for (const inbound of [
			of('a:b', 'c'),
			of('a', 'b:c'),
			of('a', `${long}1`),
			of('a', `${long}2`),
			of('a', '\ud800'),
		]) {
			expect(await send(inbound)).toBeNull();
		}
		expect(ran).toHaveLength(5);
	});

	it('is handled by the next process when the first one died over it, and only once', async () => {
		const died = world({ meet: () => new Promise(() => {}) });
		void died.send(command('1', 'say', { text: 'hi' }));
		await died.clock.advance(1_000);
		const after = world({ store: died.store, clock: died.clock });
		await after.send(command('1', 'say', { text: 'hi' }));
		await after.recover(async () => {});
		expect(after.ran).toEqual([]);
		await after.clock.advance(60_000);
		await after.recover(async () => {});
		await after.recover(async () => {});
		await after.send(command('1', 'say', { text: 'hi' }));
		expect(after.ran).toHaveLength(1);
	});

	it('of what the first process died over is handled when it comes after a minute', async () => {
		const died = world({ meet: () => new Promise(() => {}) });
		void died.send(command('1', 'say', { text: 'hi' }));
		await died.clock.advance(61_000);
		const after = world({ store: died.store, clock: died.clock });
		await Promise.all([1, 2].map(() => after.send(command('1', 'say', { text: 'hi' }))));
		expect(after.ran).toHaveLength(1);
	});

	it('is forgotten after a day, and not before', async () => {
		const { clock, send, forgetOld, ran, store } = world();
		await store.commit(
			Array.from({ length: 1_001 }, (_, i) => ({
				type: 'put' as const,
				kind: 'inbound',
				key: `old${i}`,
				value: { at: 0 },
			})),
		);
		await send(command('1', 'say', { text: 'hi' }));
		await clock.advance(23 * 3_600_000);
		await forgetOld();
		await send(command('1', 'say', { text: 'hi' }));
		expect(ran).toHaveLength(1);
		expect(await store.list('inbound', { limit: 10 })).toHaveLength(1);
		await clock.advance(2 * 3_600_000);
		await forgetOld();
		expect(await store.list('inbound', { limit: 10 })).toEqual([]);
	});
});

describe('what goes wrong', () => {
	it('by the person is told once, in the words for people, and is nobody’s problem', async () => {
		const failure = new BotError('team_unknown', 'no team x', { userMessage: 'There is no team x.' });
		const { send, replies, problems } = world({ failure });
		expect(await send(command('1', 'say', { text: 'hi' }))).toBe(failure);
		expect(replies).toEqual(['There is no team x.']);
		expect(problems).toEqual([]);
		await send(command('1', 'say', { text: 'hi' }));
		expect(replies).toHaveLength(1);
	});

	it('inside the program is told once and reported once, without secrets', async () => {
		const { send, replies, problems } = world({ failure: new Error('refused: Bearer sk-proj-abcdefghijkl') });
		expect(await send(command('1', 'say', { text: 'hi' }))).toMatchObject({ code: 'bug' });
		expect(replies).toEqual([expect.stringContaining('inside the bot')]);
		expect(replies[0]).not.toContain('abcdefghijkl');
		expect(problems).toEqual([expect.objectContaining({ code: 'bug' })]);
		expect(String(problems[0])).not.toContain('abcdefghijkl');
	});

	it('with the store is told, and the event may be delivered again', async () => {
		const disk = createMemoryStore();
		let full = true;
		const store: Store = {
			...disk,
			commit: async (changes) => {
				if (full) throw new BotError('store_full', 'disk full', { userMessage: 'The disk is full.' });
				return disk.commit(changes);
			},
		};
		const { send, replies, ran } = world({ store });
		expect(await send(command('1', 'say', { text: 'hi' }))).toMatchObject({ code: 'store_full' });
		expect(replies).toEqual(['The disk is full.']);
		full = false;
		expect(await send(command('1', 'say', { text: 'hi' }))).toBeNull();
		expect(ran).toHaveLength(1);
	});

	it('with the reply does not throw', async () => {
		const { send, problems } = world();
		const gone = () => Promise.reject(new Error('the channel is gone'));
		expect(await send(command('1', 'shout'), gone)).toMatchObject({ code: 'input_invalid' });
		expect(problems).toEqual([expect.objectContaining({ message: 'the channel is gone' })]);
	});
});

describe('a choice', () => {
	const choice = (id: string, run: string): Inbound => ({
		type: 'choice',
		id,
		principal,
		session: 'web:acme:c:1',
		run,
		orchestration: 1,
		agent: 'a',
	});

	it('is handed to its run, and answered when it came too late', async () => {
		const { send, chosen, replies } = world();
		expect(await send(choice('1', 'open'))).toBeNull();
		expect(replies).toEqual([]);
		expect(await send(choice('2', 'closed'))).toBeNull();
		expect(chosen).toEqual(['open a', 'closed a']);
		expect(replies).toEqual([say('choice.closed')]);
	});
});
