import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import type { AgentEvent, Turn } from '../../../src/core/agent.ts';
import type { Message } from '../../../src/core/message.ts';
import type { JournalEntry, RunRecord } from '../../../src/core/run.ts';
import type { Store } from '../../../src/core/store.ts';
import { readJournal } from '../../../src/runs/journal.ts';
import { aCall, actingAgent, hang, ordinaryOutcome } from '../../support/acting-agent.ts';
import { noApprovals } from '../../support/no-approvals.ts';
import { plainAudit } from '../../support/plain-audit.ts';
import { runWorld, teamOf } from '../../support/run-world.ts';

const work: Message[] = [
	{ role: 'assistant', text: '', toolCalls: [{ id: 'c1', name: 'look', arguments: '{}' }] },
	{ role: 'tool', callId: 'c1', name: 'look', text: 'seen', isError: false },
];
const saved: AgentEvent = { type: 'saved', messages: work, calls: [aCall], repliesUsed: 0 };

/** Two agents that between them leave every type of entry in the journal. */
function busyAgents() {
	const a = actingAgent('a', async function* (turn) {
		if (turn.kind === 'evaluate' && turn.mayAnswer && turn.feedback === null) {
			yield saved;
			yield { type: 'writing' };
			yield { type: 'answered', content: `better, ${turn.attempt}`, calls: [aCall] };
		} else if (turn.kind === 'review') {
			yield { type: 'reviewed', verdict: { type: 'restart', reason: 'thin', instructions: 'more' }, calls: [aCall] };
		} else yield ordinaryOutcome(turn, 'a', 'agent1');
	});
	const b = actingAgent('b', (turn) =>
		turn.kind === 'answer' && turn.attempt === 1
			? { type: 'failed', code: 'overloaded', message: 'Busy.', fatal: false, calls: [aCall] }
			: ordinaryOutcome(turn, 'b', turn.feedback === null ? 'agent1' : 'agent2'),
	);
	return [a, b];
}

const busyTeam = teamOf(['a', 'b'], {
	restarts: 1,
	tieBreak: 'requester',
	deadlines: { choiceMs: 5_000, runMs: 600_000 },
});

async function busyRun(): Promise<JournalEntry[]> {
	const world = runWorld(busyAgents());
	const run = await world.ask(busyTeam, { canAsk: true });
	for (let i = 0; i < 10; i += 1) await world.clock.advance(2_000);
	expect(await run.done).toBe('finished');
	return readJournal(world.store, run.id);
}

/** A disk with the beginning of a journal, as a process that died left it. */
async function diskWith(entries: readonly unknown[], run: string): Promise<Store> {
	const store = createMemoryStore();
	const record: RunRecord = {
		id: run,
		session: 's:t:c:1',
		question: 'Why?',
		team: 'test',
		status: 'running',
		result: null,
		startedAt: 1,
	};
	await store.commit([
		{ type: 'put', kind: 'run', key: run, value: record },
		...entries.map((value) => ({ type: 'append' as const, log: `journal/${run}`, value })),
	]);
	return store;
}

const idOf = (entries: readonly JournalEntry[]) => (entries[0]?.type === 'opened' ? entries[0].run : '');

describe('a run that is taken up', () => {
	it('goes on after whatever entry was its last, and twice is as good as once', async () => {
		const journal = await busyRun();
		const kinds = journal.map((entry) => (entry.type === 'signalled' ? entry.signal.type : entry.type));
		for (const kind of ['saved', 'writing', 'answered', 'voted', 'agent_failed', 'deadline', 'presented', 'reviewed']) {
			expect(kinds).toContain(kind);
		}
		for (let length = 1; length <= journal.length; length += 1) {
			const run = idOf(journal);
			const store = await diskWith(journal.slice(0, length), run);
			const first = runWorld(busyAgents(), { store });
			const left = await first.runs.resume(run, first.audience);
			await left.suspend();
			const second = runWorld(busyAgents(), { store });
			if ((await left.done) === 'suspended') {
				const live = await second.runs.resume(run, { ...second.audience, canAsk: true });
				for (let i = 0; i < 10; i += 1) await second.clock.advance(2_000);
				expect(await live.done, `after entry ${length}`).toBe('finished');
			}
			const events = await second.runs.events(run);
			expect(events.map((event) => ('seq' in event ? event.seq : 0))).toEqual(events.map((_, i) => i + 1));
			const finished = events.find((event) => event.type === 'run_finished');
			expect(finished, `after entry ${length}`).toMatchObject({ outcome: 'answered' });
			expect(await second.runs.unfinished()).toEqual([]);
		}
	});

	it('by two at the same moment is taken up by one of them', async () => {
		const journal = await busyRun();
		const run = idOf(journal);
		const world = runWorld(busyAgents(), { store: await diskWith(journal.slice(0, 3), run) });
		const both = await Promise.allSettled([1, 2].map(() => world.runs.resume(run, world.audience)));
		expect(both.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'rejected']);
		const refused = both.find((one) => one.status === 'rejected');
		expect(refused?.reason).toMatchObject({
			code: 'input_invalid',
			userMessage: expect.stringContaining('is running'),
		});
		const [taken] = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
		expect(world.runs.live(run)).toBe(taken);
		await world.clock.advance(60_000);
		expect(await taken?.done).toBe('finished');
		expect(world.of('run_resumed')).toHaveLength(1);
	});

	it('leaves no trace when its team cannot be put together', async () => {
		const journal = await busyRun();
		const run = idOf(journal);
		const store = await diskWith(journal.slice(0, 3), run);
		const { createRuns } = await import('../../../src/runs/runs.ts');
		const world = runWorld([], { store });
		const runs = createRuns({
			approvals: noApprovals,
			audit: plainAudit(store),
			store,
			clock: world.clock,
			random: () => 0,
			agentsOf: () => Promise.reject(new Error('no such team')),
		});
		await expect(runs.resume(run, world.audience)).rejects.toThrow('no such team');
		expect(await readJournal(store, run)).toHaveLength(3);
		await expect(runs.resume(run, world.audience)).rejects.toThrow('no such team');
	});

	it('counts the time of each process that held it, and no other', async () => {
		const team = teamOf(['a'], { deadlines: { turnMs: null, firstAnswerMs: null } });
		const agent = () =>
			actingAgent('a', async function* (turn, signal) {
				if (turn.kind !== 'answer') return yield ordinaryOutcome(turn, 'a');
				yield saved;
				yield* hang(signal);
			});
		const world = runWorld([agent()]);
		const run = await world.ask(team);
		await world.clock.advance(2_000);
		await run.suspend();
		await world.clock.advance(1_000_000);
		const again = await world.runs.resume(run.id, world.audience);
		await world.clock.advance(3_000);
		await again.signal({ type: 'cancel', by: null });
		expect(world.of('run_finished')[0]?.activeMs).toBe(3_000);
	});
});

describe('a journal that cannot be read', () => {
	it.each([
		['from a newer version', { v: 2, type: 'signalled', at: 1 }],
		['with an entry of an unknown type', { v: 1, type: 'approved', at: 1 }],
		['with an entry that is no object', 'garbage'],
	])('%s is refused with the number of the entry and what to do', async (_, entry) => {
		const journal = await busyRun();
		const run = idOf(journal);
		const store = await diskWith([...journal.slice(0, 2), entry], run);
		const world = runWorld([], { store });
		await expect(world.runs.resume(run, world.audience)).rejects.toMatchObject({
			code: 'store_failed',
			userMessage: expect.stringMatching(/entry \(3\).*Update MassGen Chat/),
		});
		await expect(world.runs.events(run)).rejects.toMatchObject({ code: 'store_failed' });
		expect(world.runs.live(run)).toBeNull();
		expect([await store.get('lease', run), await store.get('tries', run)]).toEqual([null, null]);
		expect(await store.read(`journal/${run}`, { after: 0, limit: 9 })).toHaveLength(3);
	});

	it('does not keep the readable ones from being found', async () => {
		const store = await diskWith(await busyRun(), 'b');
		await store.commit([{ type: 'put', kind: 'run', key: 'a', value: { status: 'of tomorrow' } }]);
		const world = runWorld([], { store });
		expect((await world.runs.unfinished()).map((record) => record.id)).toEqual(['b']);
		await expect(world.runs.resume('a', world.audience)).rejects.toMatchObject({
			code: 'store_failed',
			userMessage: expect.stringContaining('Update MassGen Chat'),
		});
	});

	it('of more entries than one page is read whole', async () => {
		const journal = await busyRun();
		const run = idOf(journal);
		const noise: JournalEntry = { v: 1, type: 'resumed', at: 1 };
		const store = await diskWith([journal[0], ...Array.from({ length: 2_500 }, () => noise)], run);
		expect(await readJournal(store, run)).toHaveLength(2_501);
	});
});

describe('the work of a moot evaluation', () => {
	/** Saves work in its first evaluation and hangs until a better answer makes that moot. */
	const worker = (turns: Turn[]) =>
		actingAgent('worker', async function* (turn, signal) {
			turns.push(turn);
			if (turn.kind === 'evaluate' && turn.attempt === 2) {
				yield saved;
				yield* hang(signal);
			} else if (turn.kind === 'present') {
				yield { ...saved, messages: [{ role: 'user', text: 'present' }] } as AgentEvent;
				yield* hang(signal);
			} else yield ordinaryOutcome(turn, 'worker');
		});
	/** Improves once, and then takes for ever to write one more answer. */
	const improver = actingAgent('improver', async function* (turn) {
		if (turn.kind === 'evaluate' && turn.attempt === 2) {
			await new Promise((resolve) => setImmediate(resolve));
			yield { type: 'answered', content: 'better', calls: [aCall] };
		} else yield ordinaryOutcome(turn, 'improver', 'agent1');
	});

	it('does not get into a presentation, not even into one that is taken up', async () => {
		const turns: Turn[] = [];
		const slow = actingAgent('slow', async function* (turn, signal) {
			if (turn.kind !== 'evaluate') return yield ordinaryOutcome(turn, 'slow');
			yield { type: 'writing' };
			yield* hang(signal);
		});
		const world = runWorld([worker(turns), improver, slow]);
		const team = teamOf(['worker', 'improver', 'slow'], { answerLimit: 3, deadlines: { runMs: 60_000 } });
		const run = await world.ask(team);
		for (let i = 0; i < 3; i += 1) await world.clock.advance(1);
		expect(world.of('answer_given').at(-1)?.content).toBe('better');
		await world.clock.advance(60_000);
		expect(turns.at(-1)).toMatchObject({ kind: 'present', attempt: 3, transcript: [] });
		await run.suspend();
		const again = await world.runs.resume(run.id, world.audience);
		await world.clock.advance(1);
		expect(turns.at(-1)).toMatchObject({
			kind: 'present',
			attempt: 3,
			updated: false,
			transcript: [{ role: 'user', text: 'present' }],
		});
		await again.suspend();
	});
});
