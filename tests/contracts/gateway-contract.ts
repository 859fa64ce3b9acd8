import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Clock } from '../../src/core/clock.ts';
import type { Gateway, GatewayHost, Inbound } from '../../src/core/gateway.ts';
import type { RunEvent } from '../../src/core/run-event.ts';
import { decodeSessionId } from '../../src/core/session-id.ts';
import { createProjector } from '../../src/observers/projector.ts';
import { viewOf } from '../../src/observers/thread.ts';
import { messagesOf } from '../../src/observers/thread-messages.ts';
import { ANSWERS, closeVote, createScript, finishedRun, members, PRESENTATION } from '../support/run-events.ts';
import { strictEnglish } from '../support/say.ts';

/** A person at a gateway that has been started, and what they see there. */
export interface GatewaySeat {
	gateway: Gateway;
	clock: Clock;
	/** Waits for the work while time goes on. */
	until<T>(work: Promise<T>): Promise<T>;
	/** Asks a new question as people do on this platform. Resolves when the gateway has handed it over. */
	ask(question: string): Promise<void>;
	/** Asks again in the thread of a session; left out: there are no threads to go on with. */
	followUp?(session: string, question: string): Promise<void>;
	/** Chooses among tied agents, after `choice` has been shown; left out: this person cannot be asked. */
	choose?(session: string, agent: string): Promise<void>;
	/** Everything that can be read in a thread now, files included, from top to bottom. */
	seen(session: string): Promise<string>;
	/** Everything that was said to this person beside their threads. */
	told(): Promise<string>;
}

export interface GatewayTraits {
	/** Whether it takes out of foreign texts what deceives readers; otherwise whoever reads from it does. */
	cleans: boolean;
	/** Whether it shows drafts of the result while they are written. */
	streams: boolean;
	/** Whether it says in words what happened; otherwise it hands the facts to a program that does. */
	words: boolean;
}

type TakeSeat = (host: GatewayHost) => Promise<GatewaySeat>;

const say = await strictEnglish();
const count = (text: string, part: string) => text.split(part).length - 1;

/** A bot that notes what people do and shows nothing by itself. */
async function seatAt(take: TakeSeat, onAsk: (inbound: Inbound, gateway: Gateway) => Promise<void> = async () => {}) {
	const inbounds: Inbound[] = [];
	const host: GatewayHost = {
		async receive(inbound) {
			inbounds.push(inbound);
			if (inbound.type === 'command') await show(inbound.session, createScript('run-1').begin().events);
			await onAsk(inbound, seat.gateway);
		},
		threads: async () => [],
		thread: async () => [],
		teams: async () => ({ teams: [], notes: [] }),
		keptFile: async () => null,
		commands: () => [],
	};
	const seat = await take(host);
	onTestFinished(() => seat.gateway.stop());
	const projectors = new Map<string, ReturnType<typeof createProjector>>();
	const problems: string[] = [];

	const show = async (session: string, events: readonly RunEvent[]) => {
		const run = events[0]?.run ?? '';
		const { gateway, clock } = seat;
		const options = { gateway, place: { session, run }, clock, say, verbosity: 'full', records: null } as const;
		const projector =
			projectors.get(session + run) ?? createProjector({ ...options, onProblem: (text) => void problems.push(text) });
		projectors.set(session + run, projector);
		for (const event of events) projector.handle(event);
		await seat.until(projector.settled());
	};

	/** Asks a question and shows this history in its thread; the first event begins the run. */
	const play = async (events: readonly RunEvent[], question = 'Why?') => {
		const before = inbounds.length;
		await seat.ask(question);
		const session = inbounds.at(before)?.session ?? '';
		await show(session, events);
		return session;
	};
	return { ...seat, inbounds, problems, show, play };
}

const ending = (content: string, extra: object = {}) =>
	closeVote(createScript().begin().answer('sage', 1, 1, 'Short.').answer('critic', 1, 1, 'Shorter.'))
		.lasting({ type: 'presented', agent: 'sage', content, source: 'model' })
		.finish({ answer: content, ...extra }).events;

/** What every gateway owes to the people at it and to the bot behind it. */
export function gatewayContract(take: TakeSeat, traits: GatewayTraits): void {
	describe('the gateway contract', () => {
		it('hands a question over word for word, with who asked, where, and an id of its own', async () => {
			const { ask, inbounds, gateway } = await seatAt(take);
			await ask('Why is 1 < 2 & "so on"?');
			expect(inbounds).toHaveLength(1);
			const [inbound] = inbounds;
			expect(inbound).toMatchObject({ type: 'command', name: 'ask' });
			if (inbound?.type !== 'command') return;
			expect(inbound.options.question).toBe('Why is 1 < 2 & "so on"?');
			expect(inbound.principal).toMatchObject({ platform: gateway.name, user: expect.stringMatching(/./) });
			const { platform, tenant } = decodeSessionId(inbound.session);
			expect([platform, tenant]).toEqual([gateway.name, inbound.principal.tenant]);
			expect(inbound.id).toMatch(/./);
		});

		it('shows a run to its end: who took part, every answer, the vote, the result', async () => {
			const { play, seen, problems } = await seatAt(take);
			const text = await seen(await play(finishedRun()));
			for (const { id } of members) expect(text).toContain(id);
			expect(text).toContain('stable, and already in the standard library');
			expect(text).toContain('degrades badly when one element is far away');
			expect(text).toContain('values.sort()');
			expect(text).toContain(PRESENTATION.slice(-60));
			if (traits.words) expect(text).toMatch(/2 votes[\s\S]*7 model calls/);
			expect(problems).toEqual([]);
		});

		it('shows the newest version of an answer in the place of the one before', async () => {
			const script = createScript().begin().answer('sage', 1, 1, 'The zeroth thought.');
			const { play, show, seen } = await seatAt(take);
			const session = await play(script.events);
			const rest = ending('The end.').slice(2);
			script.answer('sage', 2, 2, ANSWERS.sage);
			await show(session, script.events);
			for (const event of rest) script.lasting(event as never);
			await show(session, script.events);
			const text = await seen(session);
			expect(text).toContain('stable, and already in the standard library');
			expect(text).not.toContain('The zeroth thought.');
		});

		if (traits.words)
			it('says before a partial answer how much of the team stands behind it', async () => {
				const { play, seen } = await seatAt(take);
				const partial = { outcome: 'partial', answers: 2, agents: 3, shortfalls: ['agent_out'] };
				const text = await seen(await play(ending('What two of us think.', partial)));
				const heading = text.lastIndexOf('Best available answer (2 of 3 agents)');
				expect(heading).toBeGreaterThanOrEqual(0);
				expect(text.lastIndexOf('What two of us think.')).toBeGreaterThan(heading);
				expect(text).toMatch(/left before the end|left:/);
			});

		if (traits.words)
			it.each([
				['failed', { outcome: 'failed', answer: null, winner: null, answers: 0 }, 'No agent could answer'],
				[
					'was stopped',
					{ outcome: 'stopped', answer: null, winner: null, answers: 0 },
					'stopped before there was an answer',
				],
			])('says in words that a run %s', async (_, result, words) => {
				const { play, seen } = await seatAt(take);
				const events = createScript()
					.begin()
					.finish(result as object).events;
				expect(await seen(await play(events))).toContain(words);
			});

		it('loses nothing of a long answer, and keeps its order', async () => {
			const lines = Array.from(
				{ length: 1_500 },
				(_, index) => `- point ${String(index).padStart(4, '0')} of many, äöü 🚀`,
			);
			const { play, seen } = await seatAt(take);
			const text = await seen(await play(ending(lines.join('\n'))));
			const found = [...text.matchAll(/point (\d{4}) of many/g)].map(([, number]) => Number(number));
			const run = found.slice(-1_500);
			expect(run).toEqual(lines.map((_, index) => index));
		});

		it('shows the result once, however often it was told of it', async () => {
			const tail = 'THE-VERY-LAST-WORD';
			const events = ending(`${'Something long. '.repeat(60)}${tail}`);
			const { play, show, seen } = await seatAt(take);
			const session = await play(events);
			await show(session, events);
			expect(count(await seen(session), tail)).toBe(1);
		});

		it('puts a follow-up into the thread that it is about, with an id of its own', async () => {
			const { play, followUp, inbounds } = await seatAt(take);
			if (followUp === undefined) return;
			const session = await play(finishedRun());
			await followUp(session, 'And then?');
			expect(inbounds).toHaveLength(2);
			expect(inbounds[1]).toMatchObject({ type: 'command', name: 'ask', options: { question: 'And then?' }, session });
			expect(inbounds[1]?.id).not.toBe(inbounds[0]?.id);
		});

		it('says what the bot replies to the person who acted', async () => {
			const { ask, play, followUp, told } = await seatAt(take, (inbound, { reply }) => {
				return reply(inbound, 'Queued, position 2.');
			});
			if (followUp === undefined) await ask('Why?');
			else await followUp(await play(finishedRun()), 'And then?');
			expect(await told()).toContain('Queued, position 2.');
		});

		it('renders the same messages for the same state, as data', async () => {
			const { gateway } = await seatAt(take);
			const context = { place: { session: 'x:y:z:1', run: 'run-1' }, say, verbosity: 'normal' } as const;
			for (const message of messagesOf(viewOf(finishedRun()), say)) {
				const bodies = gateway.render(message, context);
				expect(isDeepStrictEqual(bodies, gateway.render(structuredClone(message), context))).toBe(true);
				expect(JSON.parse(JSON.stringify(bodies))).toEqual(bodies);
			}
		});

		if (traits.streams)
			it('shows the result while it is written', async () => {
				const script = createScript().begin().answer('sage', 1, 1, 'Short.').start('sage', 2, 'present');
				script.passing({ type: 'text_delta', agent: 'sage', attempt: 2, kind: 'present', text: 'Half of the ' });
				const { play, seen } = await seatAt(take);
				expect(await seen(await play(script.events))).toContain('Half of the');
			});

		if (traits.cleans)
			it('takes out of foreign texts what would deceive their readers', async () => {
				const { play, seen } = await seatAt(take);
				const text = await seen(await play(ending('safe\u202Etxt.exe \u200Bhid\u2066den\u0007 end')));
				expect(text).toMatch(/safetxt\.exe hidden end/);
				expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b]/);
			});

		it('hands over what a person chose among tied answers', async () => {
			const seat = await seatAt(take);
			if (seat.choose === undefined) {
				expect(seat.gateway.capabilities.canAsk).toBe(false);
				return;
			}
			const script = createScript()
				.begin()
				.answer('sage', 1, 1, 'Use Timsort.')
				.answer('critic', 1, 1, 'Insertion sort.');
			const row = (agent: string, label: string) => ({ agent, label, votes: 1, voters: [agent] });
			const tally = [row('sage', 'agent2.1'), row('critic', 'agent3.1')];
			script.lasting({ type: 'vote_closed', by: 'all_voted', tally, votes: [] });
			script.lasting({ type: 'choice_requested', orchestration: 1, candidates: ['sage', 'critic'] });
			const session = await seat.play(script.events);
			await seat.choose(session, 'critic');
			const chosen = seat.inbounds.filter(({ type }) => type === 'choice');
			expect(chosen).toMatchObject([{ session, run: 'run-1', orchestration: 1, agent: 'critic' }]);
		});
	});
}
