import type { RunEvent } from '../../src/core/run-event.ts';
import { type Rules, rulesSchema } from '../../src/core/team.ts';
import { addCalls, type ModelCall, noSpend, type Spend } from '../../src/core/usage.ts';

type Lasting = Extract<RunEvent, { seq: number }>;
type Passing = Exclude<RunEvent, Lasting>;
/** An event without what the script adds to it. */
type Bare<Event> = Event extends unknown ? Omit<Event, 'run' | 'seq' | 'at'> : never;

export const STARTED_AT = Date.UTC(2026, 0, 1, 12);
const QUESTION = 'How do I sort a nearly sorted list of a million integers as fast as possible?';
export const members = [
	{ id: 'sage', model: 'openai gpt-5', name: 'agent2' },
	{ id: 'critic', model: 'anthropic claude-opus-4', name: 'agent3' },
	{ id: 'builder', model: 'gemini 2.5-pro', name: 'agent1' },
];

export const pricedCall: ModelCall = {
	backend: 'openai',
	model: 'gpt-5',
	usage: { inputTokens: 1200, cachedInputTokens: 0, outputTokens: 560, reasoningTokens: 0 },
	costMicroUsd: 1757,
};
/** A call to a model that the price table does not know. */
export const unpricedCall: ModelCall = { ...pricedCall, costMicroUsd: null };

export const spendOf = (calls: readonly ModelCall[]): Spend => addCalls(noSpend, calls);

/** Writes a run's history: numbers the lasting events and lets time go on by a fixed step. */
export function createScript(run = 'run-1') {
	const events: RunEvent[] = [];
	let seq = 0;
	let at = STARTED_AT;
	const script = {
		events,
		lasting(event: Bare<Lasting>, afterMs = 400) {
			seq += 1;
			at += afterMs;
			events.push({ ...event, run, seq, at } as RunEvent);
			return script;
		},
		passing(event: Bare<Passing>, afterMs = 100) {
			at += afterMs;
			events.push({ ...event, run, at } as RunEvent);
			return script;
		},
		begin(question = QUESTION, rules: Partial<Rules> = {}, team = members) {
			const full = { ...rulesSchema.parse({}), ...rules };
			const session = 'terminal:local:terminal:1';
			const started = { type: 'run_started', session, question, retryOf: null, askedBy: null, team: 'demo' } as const;
			return script.lasting({ ...started, members: team, rules: full }, 0);
		},
		start(agent: string, attempt: number, kind: 'answer' | 'evaluate' | 'present' | 'review', orchestration = 1) {
			return script.lasting({ type: 'agent_started', agent, attempt, kind, seen: [], orchestration });
		},
		answer(agent: string, attempt: number, version: number, content: string) {
			const label = `${members.find(({ id }) => id === agent)?.name ?? agent}.${version}`;
			return script.lasting({ type: 'answer_given', agent, attempt, label, version, content });
		},
		finish(result: Partial<Extract<Lasting, { type: 'run_finished' }>> = {}) {
			return script.lasting({
				type: 'run_finished',
				outcome: 'answered',
				answer: PRESENTATION,
				winner: 'sage',
				answers: 3,
				agents: 3,
				shortfalls: [],
				spend: spendOf(Array.from({ length: 7 }, () => pricedCall)),
				activeMs: 14_230,
				...result,
			});
		},
	};
	return script;
}

export const ANSWERS = {
	sage: 'Use **Timsort** (`list.sort()` in Python): it finds the runs that are already in order and merges them.\n\n- nearly sorted input: close to O(n)\n- stable, and already in the standard library, so there is nothing to write, to test or to maintain',
	critic:
		'Insertion sort is O(n + d) with d inversions. For a *nearly* sorted list that beats everything, but it degrades badly when one element is far away.',
	builder:
		'```python\ndef sort(values):\n    values.sort()\n    return values\n```\nMeasure first: 挿入ソートは短い列に向いています 🚀.',
};
export const PRESENTATION =
	'## Use the sort you already have\n\nPython, Java and JavaScript all ship **Timsort** or a relative of it. On nearly sorted input it needs about *n* comparisons:\n\n1. It scans for runs that are already ascending.\n2. It extends short runs with insertion sort, which is cheap because few elements are out of place.\n3. It merges the runs.\n\n```python\nvalues.sort()\n```\n\nWrite your own insertion sort only if no element is more than a handful of places away from home.';

/** Three agents, one revision that voids a vote, three votes, a presentation written in pieces. */
export function ordinaryRun(run = 'run-1') {
	const script = createScript(run).begin();
	for (const { id } of members) script.start(id, 1, 'answer');
	script.passing({ type: 'text_delta', agent: 'sage', attempt: 1, kind: 'answer', text: 'Use' });
	script.passing({ type: 'tool_started', agent: 'critic', attempt: 1, tool: 'web_search', label: 'web search' }, 900);
	script.passing({
		type: 'call_retried',
		agent: 'builder',
		attempt: 1,
		message: 'the provider is overloaded',
		delayMs: 2500,
	});
	script.answer('sage', 1, 1, 'Use Timsort.');
	script.passing({
		type: 'tool_finished',
		agent: 'critic',
		attempt: 1,
		tool: 'web_search',
		label: 'web search',
		isError: false,
	});
	script.answer('critic', 1, 1, ANSWERS.critic).answer('builder', 1, 1, ANSWERS.builder);
	for (const { id } of members) script.start(id, 2, 'evaluate');
	script.lasting({ type: 'vote_cast', agent: 'critic', attempt: 2 });
	script.answer('sage', 2, 2, ANSWERS.sage);
	script.lasting({ type: 'votes_voided', by: 'agent2.2', voters: ['critic'] });
	script.lasting({ type: 'turn_aborted', agent: 'builder', attempt: 2, reason: 'new_answer' });
	for (const { id } of members) script.start(id, 3, 'evaluate');
	for (const { id } of members) script.lasting({ type: 'vote_cast', agent: id, attempt: 3 });
	closeVote(script);
	script.start('sage', 4, 'present');
	for (const text of PRESENTATION.split(/(?<=\s)/)) {
		script.passing({ type: 'text_delta', agent: 'sage', attempt: 4, kind: 'present', text }, 30);
	}
	return script;
}

type Script = ReturnType<typeof createScript>;

export function closeVote(script: Script): Script {
	script.lasting({
		type: 'vote_closed',
		by: 'all_voted',
		tally: [
			{ agent: 'sage', label: 'agent2.2', votes: 2, voters: ['critic', 'builder'] },
			{ agent: 'critic', label: 'agent3.1', votes: 1, voters: ['sage'] },
			{ agent: 'builder', label: 'agent1.1', votes: 0, voters: [] },
		],
		votes: [
			{
				agent: 'sage',
				target: 'critic',
				label: 'agent3.1',
				reason: 'It names the case in which the simple way is the best one.',
			},
			{
				agent: 'critic',
				target: 'sage',
				label: 'agent2.2',
				reason: 'Complete, and it says why: no one has to write or maintain a sort.',
			},
			{ agent: 'builder', target: 'sage', label: 'agent2.2', reason: 'The clearest of the three.' },
		],
	});
	return script.lasting({ type: 'winner_selected', agent: 'sage', label: 'agent2.2', votes: 2, tie: null }, 0);
}

/** `ordinaryRun` to its end. */
export function finishedRun(run = 'run-1'): readonly RunEvent[] {
	const script = ordinaryRun(run);
	script.lasting({ type: 'presented', agent: 'sage', content: PRESENTATION, source: 'model' });
	return script.finish().events;
}
