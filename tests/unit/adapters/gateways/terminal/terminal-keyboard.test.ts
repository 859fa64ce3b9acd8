import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLineReader } from '../../../../../src/adapters/gateways/terminal/line-reader.ts';
import type { RunEvent } from '../../../../../src/core/run-event.ts';
import { createScript, finishedRun } from '../../../../support/run-events.ts';
import { seated } from './terminal-runs.ts';

const tied = () => {
	const script = createScript()
		.begin()
		.answer('sage', 1, 1, 'Use Timsort.')
		.answer('critic', 1, 1, 'Use insertion sort.');
	const row = (agent: string, label: string) => ({ agent, label, votes: 1, voters: [agent] });
	const tally = [row('sage', 'agent2.1'), row('critic', 'agent3.1')];
	script.lasting({ type: 'vote_closed', by: 'all_voted', tally, votes: [] });
	return script.lasting({ type: 'choice_requested', orchestration: 1, candidates: ['sage', 'critic'] });
};
const decided = (agent: string, rule: 'requester' | 'order') =>
	tied()
		.lasting({ type: 'winner_selected', agent, label: null, votes: 1, tie: { rule, tied: ['sage', 'critic'] } })
		.events.at(-1) as RunEvent;

describe('the prompt', () => {
	it('is there in an interactive terminal only', async () => {
		expect((await seated({ interactive: true })).gateway.capabilities.canAsk).toBe(true);
		const once = await seated();
		expect(once.gateway.capabilities.canAsk).toBe(false);
		await once.type('ignored');
		expect(once.inbounds).toEqual([]);
	});

	it('hands each line over as a question of one session, with an id of its own', async () => {
		const { type, inbounds, gateway, clock } = await seated({ interactive: true });
		await type('  first question ');
		await type('');
		await clock.advance(2000);
		await type('second');
		expect(inbounds).toMatchObject([
			{ type: 'command', name: 'ask', options: { question: 'first question' }, session: gateway.session },
			{ type: 'command', name: 'ask', options: { question: 'second' }, session: gateway.session },
		]);
		expect(new Set(inbounds.map(({ id }) => id)).size).toBe(2);
		expect(gateway.principal).toEqual({
			platform: 'terminal',
			tenant: 'local',
			user: 'local',
			roles: [],
			kind: 'member',
		});
	});

	it.each(['exit', 'QUIT'])('ends with %s', async (word) => {
		const { type, gateway, inbounds } = await seated({ interactive: true });
		await type(word);
		await expect(gateway.closed).resolves.toBeUndefined();
		expect(inbounds).toEqual([]);
	});

	it('ends with the input, and with the gateway', async () => {
		const left = await seated({ interactive: true });
		left.input.end();
		await expect(left.gateway.closed).resolves.toBeUndefined();
		const stopped = await seated({ interactive: true });
		await stopped.gateway.stop();
		await expect(stopped.gateway.closed).resolves.toBeUndefined();
	});

	it('comes back after the run, not while it is shown', async () => {
		const { type, inbounds, play, watch, clock } = await seated({ interactive: true });
		const projector = watch();
		await type('one');
		await play(finishedRun().slice(0, 5), projector);
		await type('two');
		await clock.advance(5000);
		expect(inbounds).toHaveLength(1);
		await play(finishedRun().slice(5), projector);
		await clock.advance(100);
		expect(inbounds).toHaveLength(2);
	});

	it('comes back after a question that could not be asked, with the reason', async () => {
		let refuse = true;
		const { type, inbounds, errors } = await seated({
			interactive: true,
			receive: async () => {
				if (refuse) throw new Error('the store is locked');
			},
		});
		await type('one');
		expect(errors.written()).toBe('That did not work: the store is locked\n');
		refuse = false;
		await type('two');
		expect(inbounds).toHaveLength(2);
	});
});

describe('a tie', () => {
	it('is put to the person after the answers and the vote, until a number fits', async () => {
		const { type, play, watch, lines, inbounds, clock } = await seated({ interactive: true, env: { NO_COLOR: '1' } });
		const projector = watch();
		await play(tied().events, projector);
		expect(lines()).toMatch(
			/Answers[\s\S]*Vote[\s\S]*2 answers tie[\s\S]*1\) sage {4}Use Timsort\.[\s\S]*2\) critic {2}Use insertion sort\./,
		);
		await type('3');
		expect(lines()).toContain('Please type a number from 1 to 2.');
		await type('2');
		expect(inbounds).toMatchObject([{ type: 'choice', run: 'run-1', agent: 'critic' }]);
		await clock.advance(1000);
		await play([decided('critic', 'requester')], projector);
		expect(lines()).toContain('A tie between sage, critic. You decided: critic.');
		expect(lines().match(/answers tie/g)).toHaveLength(1);
	});

	it('takes the name of an agent too', async () => {
		const { type, play, inbounds } = await seated({ interactive: true });
		await play(tied().events);
		await type('sage');
		expect(inbounds).toMatchObject([{ type: 'choice', agent: 'sage' }]);
	});

	it('is withdrawn when it was broken elsewhere', async () => {
		const { play, watch, lines, type, inbounds } = await seated({ interactive: true });
		const projector = watch();
		await play(tied().events, projector);
		await play([decided('sage', 'order')], projector);
		expect(lines()).toContain('The tie was broken without you.');
		await type('1');
		expect(inbounds).toEqual([]);
	});

	it('may be left open', async () => {
		const { play, lines, input, clock } = await seated({ interactive: true });
		await play(tied().events);
		input.end();
		await clock.advance(100);
		expect(lines()).toContain('You left the choice open');
	});
});

describe('lines at a terminal', () => {
	const given = () => {
		const input = Object.assign(new PassThrough(), { isTTY: true });
		const output = new PassThrough();
		return { input, output, reader: createLineReader(input, output) };
	};
	const never = new AbortController().signal;

	it('are read one by one, and earlier ones come back', async () => {
		const { input, reader } = given();
		const first = reader.read('> ', never);
		input.write('one\r');
		expect(await first).toBe('one');
		const second = reader.read('> ', never);
		input.write('\u001b[A\r');
		expect(await second).toBe('one');
	});

	it.each([
		['Ctrl-C', '\u0003'],
		['Ctrl-D', '\u0004'],
	])('end with %s', async (_name, key) => {
		const { input, reader } = given();
		const line = reader.read('> ', never);
		input.write(key);
		expect(await line).toBeNull();
	});

	it('make way when something has to be shown', async () => {
		const { reader, input } = given();
		const end = new AbortController();
		const line = reader.read('> ', end.signal);
		end.abort();
		expect(await line).toBeNull();
		expect(await reader.read('> ', end.signal)).toBeNull();
		const next = reader.read('> ', never);
		input.write('two\r');
		expect(await next).toBe('two');
	});
});
