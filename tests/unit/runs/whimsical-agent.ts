import fc from 'fast-check';
import type { Agent, AgentEvent, Turn } from '../../../src/core/agent.ts';
import { type Clock, sleep } from '../../../src/core/clock.ts';
import type { Message } from '../../../src/core/message.ts';
import type { ModelCall } from '../../../src/core/usage.ts';

/** What an agent does with one of its turns. */
export interface Whim {
	type: 'work' | 'improve' | 'copy' | 'fail' | 'fail_for_good' | 'hang' | 'throw' | 'wander_off' | 'misunderstand';
	/** Points to continue from, before the ending. */
	saves: number;
	/** Before each event; at least 10 for `improve`, so that no team improves for ever in no time. */
	pauseMs: number;
	/** How long it takes to end after an abort. */
	lingerMs: number;
	writes: boolean;
	pick: number;
}

export const anyWhim: fc.Arbitrary<Whim> = fc
	.record({
		type: fc.oneof(
			{ weight: 8, arbitrary: fc.constantFrom('work' as const, 'improve' as const) },
			{
				weight: 3,
				arbitrary: fc.constantFrom(
					'copy' as const,
					'fail' as const,
					'fail_for_good' as const,
					'hang' as const,
					'throw' as const,
					'wander_off' as const,
					'misunderstand' as const,
				),
			},
		),
		saves: fc.constantFrom(0, 0, 1, 2),
		pauseMs: fc.constantFrom(0, 10, 300, 2_000),
		lingerMs: fc.constantFrom(0, 0, 50, 900),
		writes: fc.boolean(),
		pick: fc.nat({ max: 9 }),
	})
	.map((whim) => (whim.type === 'improve' ? { ...whim, pauseMs: Math.max(10, whim.pauseMs) } : whim));

/** What whimsical agents did, over all processes. */
export interface Diary {
	/** Model calls made; each has a number of input tokens that no other has. */
	calls: ModelCall[];
	/** Those of turns that end at once when they are aborted, so that a run has no excuse for losing them. */
	prompt: ModelCall[];
	/** `agent:attempt` of every turn taken. */
	taken: string[];
	faults: string[];
}

export const createDiary = (): Diary => ({ calls: [], prompt: [], taken: [], faults: [] });

/** An agent that takes its turns by its whims, one after the other. It keeps the contract of `Agent`, but for throwing. */
export function whimsicalAgent(id: string, whims: readonly Whim[], clock: Clock, diary: Diary): Agent {
	return {
		id,
		async close() {},
		async *run(turn, signal) {
			diary.taken.push(`${id}:${turn.attempt}`);
			checkTranscript(turn, diary);
			const whim = whims[(turn.attempt - 1) % whims.length] as Whim;
			try {
				for (let save = 0; save < whim.saves; save += 1) {
					yield { type: 'text_delta', text: 'hm' };
					await pause(clock, whim.pauseMs, signal);
					yield savedBy(turn, whim, diary);
				}
				if (whim.type === 'improve' && whim.writes && turn.kind === 'evaluate') yield { type: 'writing' };
				await pause(clock, whim.type === 'hang' ? Number.MAX_SAFE_INTEGER : whim.pauseMs, signal);
			} catch {
				if (whim.lingerMs > 0) await new Promise<void>((resolve) => clock.after(whim.lingerMs, resolve));
				if (whim.saves > 1) yield savedBy(turn, whim, diary);
				yield { type: 'failed', code: 'aborted', message: 'aborted', fatal: false, calls: [callOf(whim, diary)] };
				return;
			}
			if (whim.type === 'throw') throw new Error('a whim');
			if (whim.type !== 'wander_off') yield endingBy(turn, whim, diary);
		},
	};
}

async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
	if (ms > 0) await sleep(clock, ms, signal);
	else signal.throwIfAborted();
}

function callOf({ lingerMs }: Whim, diary: Diary): ModelCall {
	const usage = { inputTokens: diary.calls.length + 1, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 };
	const call: ModelCall = { backend: 'whim', model: 'whim-1', usage, costMicroUsd: 1 };
	diary.calls.push(call);
	if (lingerMs === 0) diary.prompt.push(call);
	return call;
}

function savedBy(turn: Turn, whim: Whim, diary: Diary): AgentEvent {
	const text = `${turn.agent} ${turn.kind}`;
	const messages: Message[] = [
		{ role: 'assistant', text, toolCalls: [{ id: 'c', name: 'look', arguments: '{}' }] },
		{ role: 'tool', callId: 'c', name: 'look', text, isError: false },
	];
	return { type: 'saved', messages, calls: [callOf(whim, diary)], repliesUsed: 0 };
}

/** A turn goes on from its own work, or from a moot evaluation's, and from nothing else. */
function checkTranscript(turn: Turn, diary: Diary): void {
	for (const message of turn.transcript) {
		if (!('text' in message) || message.text === `${turn.agent} ${turn.kind}`) continue;
		diary.faults.push(`${turn.agent} goes on from "${message.text}" in turn ${turn.attempt} (${turn.kind})`);
	}
	if (turn.updated && turn.kind !== 'evaluate') diary.faults.push(`${turn.agent} is told of updates in a ${turn.kind}`);
}

function endingBy(turn: Turn, whim: Whim, diary: Diary): AgentEvent {
	const calls = [callOf(whim, diary)];
	const fatal = whim.type === 'fail_for_good';
	if (whim.type === 'fail' || fatal) return { type: 'failed', code: 'whim', message: 'not today', fatal, calls };
	const kind = whim.type === 'misunderstand' ? misunderstood[turn.kind] : turn.kind;
	const { agent, attempt } = turn;
	switch (kind) {
		case 'review':
			if (whim.pick % 3 > 0) return { type: 'reviewed', verdict: { type: 'submit' }, calls };
			return { type: 'reviewed', verdict: { type: 'restart', reason: 'thin', instructions: 'more' }, calls };
		case 'present':
			return { type: 'answered', content: whim.pick === 0 ? ' ' : `presented by ${agent}`, calls };
		case 'answer':
			return { type: 'answered', content: `answer of ${agent}, ${attempt}`, calls };
		case 'evaluate': {
			const votable = turn.kind === 'evaluate' ? turn.votable : [];
			const other = turn.answers[whim.pick % Math.max(1, turn.answers.length)];
			if (whim.type === 'improve') return { type: 'answered', content: `better by ${agent}, ${attempt}`, calls };
			if (whim.type === 'copy') return { type: 'answered', content: other?.content ?? 'nothing', calls };
			return { type: 'voted', target: votable[whim.pick % Math.max(1, votable.length)] ?? '', reason: 'so', calls };
		}
	}
}

const misunderstood = { answer: 'review', evaluate: 'review', present: 'evaluate', review: 'present' } as const;
