import fc from 'fast-check';
import { closedBySchema, outcomeSchema, shortfallSchema } from '../../../../../src/core/coordination.ts';
import type { BoardRow, RenderContext, ThreadMessage } from '../../../../../src/core/gateway.ts';
import type { Verbosity } from '../../../../../src/core/run.ts';
import { say, sessionOf } from './slack-thread.ts';

export type Message<Type extends ThreadMessage['type']> = Extract<ThreadMessage, { type: Type }>;

export const contextOf = (verbosity: Verbosity = 'normal'): RenderContext => ({
	place: { session: sessionOf('a'), run: 'run-1' },
	say,
	verbosity,
});

export const row = (agent: string, more: Partial<BoardRow> = {}): BoardRow => ({
	agent,
	name: `agent-${agent}`,
	model: 'openai gpt-5',
	state: 'thinking',
	tool: null,
	version: 0,
	votes: null,
	note: null,
	...more,
});

export const board = (more: Partial<Message<'board'>> = {}): Message<'board'> => ({
	type: 'board',
	key: 'board',
	run: 'run-1',
	title: 'Why is the sky blue?',
	team: 'demo',
	orchestration: 1,
	rows: [row('sage'), row('critic')],
	finished: null,
	askedBy: 'U1',
	stoppedBy: null,
	startedAt: Date.UTC(2026, 0, 1),
	result: null,
	...more,
});

export const slot = (content: string, more: Partial<Message<'slot'>> = {}): Message<'slot'> => ({
	type: 'slot',
	key: 'slot:sage',
	agent: 'sage',
	name: 'agent1',
	version: 1,
	versions: 1,
	content,
	...more,
});

export const final = (content: string, more: Partial<Message<'final'>> = {}): Message<'final'> => ({
	type: 'final',
	key: 'final',
	winner: 'sage',
	content,
	streaming: false,
	outcome: 'answered',
	answers: 2,
	agents: 2,
	shortfalls: [],
	spend: null,
	activeMs: 1000,
	files: null,
	...more,
});

export const writing = (content: string, more: Partial<Message<'final'>> = {}): Message<'final'> =>
	final(content, { streaming: true, outcome: null, activeMs: null, ...more });

export const tally = (more: Partial<Message<'tally'>> = {}): Message<'tally'> => ({
	type: 'tally',
	key: 'tally:1',
	by: 'all_voted',
	rows: [
		{ agent: 'sage', label: 'agent1.1', votes: 2, voters: ['critic', 'builder'] },
		{ agent: 'critic', label: 'agent2.1', votes: 1, voters: ['sage'] },
	],
	votes: [
		{ agent: 'critic', target: 'sage', label: 'agent1.1', reason: 'clear' },
		{ agent: 'builder', target: 'sage', label: 'agent1.1', reason: '' },
		{ agent: 'sage', target: 'critic', label: 'agent2.1', reason: 'short' },
	],
	winner: 'sage',
	tie: null,
	...more,
});

export const choice = (more: Partial<Message<'choice'>> = {}): Message<'choice'> => ({
	type: 'choice',
	key: 'choice:1',
	run: 'run-1',
	orchestration: 1,
	candidates: ['sage', 'critic'],
	chosen: null,
	...more,
});

/** What would ring, unfold, deceive or break a form. */
const NASTY = [
	'<!channel>',
	'<!here|here>',
	'<!everyone>',
	'<!subteam^S1|team>',
	'<@U1>',
	'<!date^1^{ago}|now>',
	'\u202Eright to left\u202C',
	'\u200B',
	'\u0001U1\u0001',
	'```',
	'~~~\n',
	'\n```js\n',
	'\n',
	'<https://example.com|link>',
	'[link](https://example.com)',
	'| a | b |\n|---|---|\n| 1 | 2 |\n',
	'# Answer\n',
	'👩‍👩‍👧',
	'漢字',
	'\uD83D',
	'&amp;',
	'x'.repeat(400),
	' word'.repeat(300),
];

/** Text as models write it at their worst; up to about `pieces` times a page. */
export const text = (pieces: number): fc.Arbitrary<string> =>
	fc
		.array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'grapheme', maxLength: 40 })), { maxLength: pieces })
		.map((parts) => parts.join(' '));

const id = fc.oneof(
	fc.constantFrom('sage', 'critic', 'a-rather-long-agent-name'),
	fc.stringMatching(/^[a-z][a-z0-9-]{0,60}$/),
);
const ids = (maxLength: number) => fc.uniqueArray(id, { minLength: 1, maxLength });
const states = ['waiting', 'thinking', 'answered', 'voted', 'presenting', 'reviewing', 'done', 'out'] as const;
const rowOf = (agent: string): fc.Arbitrary<BoardRow> =>
	fc.record({
		agent: fc.constant(agent),
		name: fc.constant(agent),
		model: text(3),
		state: fc.constantFrom(...states),
		tool: fc.option(text(3)),
		version: fc.nat(20),
		votes: fc.option(fc.nat(60)),
		note: fc.option(text(10)),
	});

const boards = ids(70).chain((agents) =>
	fc.record({
		title: text(5),
		team: text(2),
		orchestration: fc.integer({ min: 1, max: 9 }),
		rows: fc.tuple(...agents.map(rowOf)),
		finished: fc.option(fc.constantFrom(...outcomeSchema.options)),
		askedBy: fc.option(fc.constantFrom('U1', 'not a user')),
		stoppedBy: fc.option(fc.constantFrom('U2', '<!channel>')),
		result: fc.option(
			fc.record({
				winner: fc.option(fc.constantFrom(...agents)),
				answers: fc.nat(9),
				excerpt: text(10).map((one) => one.slice(0, 600)),
				isWhole: fc.boolean(),
			}),
		),
	}),
);

const tallies = ids(120).chain((agents) =>
	fc.record({
		by: fc.constantFrom(...closedBySchema.options),
		rows: fc.tuple(
			...agents.map((agent) =>
				fc.record({
					agent: fc.constant(agent),
					label: fc.constant(agent),
					votes: fc.nat(90),
					voters: fc.subarray(agents),
				}),
			),
		),
		votes: fc.constantFrom(tally().votes, []),
		winner: fc.option(fc.constantFrom(...agents)),
		tie: fc.option(fc.record({ rule: fc.constantFrom('order', 'earliest', 'requester'), tied: fc.subarray(agents) })),
	}),
);

const finals = fc.record({
	content: text(60),
	streaming: fc.boolean(),
	outcome: fc.constantFrom(...outcomeSchema.options),
	answers: fc.nat(5),
	agents: fc.integer({ min: 1, max: 9 }),
	shortfalls: fc.subarray([...shortfallSchema.options]),
	winner: fc.option(id),
});

/** Every message that a thread can hold. */
export const anyMessage: fc.Arbitrary<ThreadMessage> = fc.oneof(
	boards.map((more) => board(more)),
	fc.tuple(text(60), id, fc.integer({ min: 1, max: 9 })).map(([content, agent, version]) => {
		return slot(content, { agent, key: `slot:${agent}`, version, versions: version });
	}),
	tallies.map((more) => tally(more)),
	ids(40).chain((candidates) =>
		fc.record({ chosen: fc.option(fc.constantFrom(...candidates)) }).map((more) => choice({ ...more, candidates })),
	),
	fc
		.record({ verdict: fc.constantFrom('submit' as const, 'restart' as const), reason: text(8), instructions: text(8) })
		.map((more): ThreadMessage => ({ type: 'review', key: 'review:1', ...more })),
	finals.map(({ content, ...more }) => final(content, { ...more, outcome: more.streaming ? null : more.outcome })),
);
