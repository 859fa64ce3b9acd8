import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pending } from '../../../src/orchestrator/pending.ts';
import { anyRun, type RandomRun, type Walked, walk } from './random-run.ts';

const RUNS = { numRuns: 300 };

/** What an observer outside knows of one orchestration: it reads signals and starts, never the machine's books. */
interface Book {
	/** Latest version by author. */
	versions: Map<string, number>;
	given: Map<string, number>;
	/** Voter to target. */
	votes: Map<string, string>;
	/** The versions there were when a turn began, by `agent:attempt`. */
	seen: Map<string, ReadonlyMap<string, number>>;
}

/** Keeps the book of a run and shows it with each recorded step, before and after. */
function observe(run: RandomRun, look: (step: Walked, book: Book, target: string | null) => void): void {
	const idOf = (name: string) => run.members.find((member) => member.name === name)?.id ?? null;
	const total = new Map<string, number>();
	let book: Book = { versions: new Map(), given: new Map(), votes: new Map(), seen: new Map() };
	for (const step of walk(run)) {
		const { before, signal, after, effects, refused } = step;
		if (after === before) continue;
		const target = signal.type === 'voted' && refused === null ? idOf(signal.target) : null;
		if (signal.type === 'answered' && refused === null) {
			const version = (total.get(signal.agent) ?? 0) + 1;
			total.set(signal.agent, version);
			book.versions.set(signal.agent, version);
			book.given.set(signal.agent, (book.given.get(signal.agent) ?? 0) + 1);
			book.votes.clear();
		}
		if (signal.type === 'voted' && target !== null) book.votes.set(signal.agent, target);
		if (after.orchestration > before.orchestration) {
			book = { versions: new Map(), given: new Map(), votes: new Map(), seen: book.seen };
		}
		for (const effect of effects) {
			if (effect.type === 'start') book.seen.set(`${effect.agent}:${effect.attempt}`, new Map(book.versions));
		}
		look(step, book, target);
	}
}

const always = (look: (step: Walked, book: Book, target: string | null, run: RandomRun) => void) =>
	fc.assert(
		fc.property(anyRun, (run) => observe(run, (step, book, target) => look(step, book, target, run))),
		RUNS,
	);

describe('under any sequence of signals', () => {
	test('rule 3: a vote counts only for a version that is the latest and was in its prompt', () => {
		always(({ signal }, book, target) => {
			if (signal.type !== 'voted' || target === null) return;
			const seen = book.seen.get(`${signal.agent}:${signal.attempt}`);
			expect(seen?.get(target)).toBe(book.versions.get(target));
			expect(seen).toEqual(book.versions);
		});
	});

	test('rule 4: an accepted answer voids all votes and leaves no evaluation but those that write', () => {
		always(({ signal, refused, before, after }) => {
			if (signal.type !== 'answered' || refused !== null) return;
			expect(after.agents.filter((agent) => agent.vote !== null)).toEqual([]);
			for (const agent of after.agents) {
				const old = before.agents.find(({ id }) => id === agent.id)?.turn;
				if (old?.kind === 'evaluate' && agent.turn?.attempt === old.attempt) expect(old.writing).toBe(true);
			}
		});
	});

	test('rule 7: the tally is that of a naive count, and a most-voted answer wins', () => {
		always(({ before, after }, book) => {
			const { closing } = after;
			if (closing === null || closing.by === 'skipped' || before.closing !== null) return;
			const naive = [...book.versions].map(([agent, version]) => {
				const voters = [...book.votes].filter(([, target]) => target === agent).map(([voter]) => voter);
				return { agent, version, votes: voters.length, voters: voters.sort() };
			});
			const byAgent = (a: { agent: string }, b: { agent: string }) => a.agent.localeCompare(b.agent);
			expect(closing.tally.toSorted(byAgent)).toEqual(naive.sort(byAgent));
			const most = Math.max(0, ...naive.map((row) => row.votes));
			const best = naive.filter((row) => row.votes === most).map((row) => row.agent);
			if (naive.length === 0) expect(closing.winner).toBeNull();
			else if (closing.winner !== null) expect(best).toContain(closing.winner);
			else expect(after.phase).toEqual({ type: 'choosing', candidates: best.sort() });
			if (best.length === 1 && naive.length > 0) expect(closing).toMatchObject({ winner: best[0], tie: null });
		});
	});

	test('rule 7: the vote closes as soon as all who are left have voted', () => {
		always(({ after }, book) => {
			if (after.phase.type !== 'coordinating') return;
			const left = after.agents.filter((agent) => agent.out === null);
			expect(left.every((agent) => book.votes.has(agent.id))).toBe(false);
		});
	});

	test('rule 10: there is no closing while turns run', () => {
		always(({ after }) => {
			if (after.phase.type === 'coordinating') expect(after.closing).toBeNull();
			else expect(pending(after).filter((work) => work.type === 'start')).toEqual([]);
		});
	});

	test('rule 1: a first answer is written without seeing another', () => {
		always(({ after, effects }) => {
			for (const effect of effects) {
				if (effect.type !== 'start') continue;
				const agent = after.agents.find(({ id }) => id === effect.agent);
				if (effect.kind === 'answer') expect([agent?.answer, agent?.turn?.seen]).toEqual([null, {}]);
				else expect(agent?.answer !== null || after.firstAnswerDue).toBe(true);
			}
		});
	});

	test('rules 1 and 4: gathered: no evaluation starts while anybody writes or lacks a first answer', () => {
		always(({ after, effects }, book, _, run) => {
			const starts = effects.some((effect) => effect.type === 'start' && effect.kind === 'evaluate');
			if (!starts || run.rules.schedule !== 'gathered') return;
			for (const agent of after.agents.filter(({ out }) => out === null)) {
				if (agent.vote === null) expect(agent.turn).toMatchObject({ kind: 'evaluate', writing: false });
				if (!after.firstAnswerDue) expect(book.versions.has(agent.id)).toBe(true);
			}
		});
	});

	test('rule 5: nobody gives more answers than the limit, and none is empty', () => {
		always(({ after }, book, _, run) => {
			const limit = run.rules.answerLimit ?? Number.POSITIVE_INFINITY;
			for (const given of book.given.values()) expect(given).toBeLessThanOrEqual(limit);
			for (const { answer } of after.agents) expect(answer?.content.trim()).not.toBe('');
		});
	});
});
