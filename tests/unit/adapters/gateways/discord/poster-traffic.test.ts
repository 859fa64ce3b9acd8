import { describe, expect, it } from 'vitest';
import { createScript, finishedRun } from '../../../../support/run-events.ts';
import { boardMessage, discordStage, slotMessage, slotOf } from './discord-stage.ts';

const SEND = 'POST /channels/:channel/messages';
const EDIT = 'PATCH /channels/:channel/messages/:message';

describe('how often Discord is asked', () => {
	it('case 12: twelve states of a board in a second are two edits at most, and the last one is shown', async () => {
		const { discord, ask, projectorFor } = await discordStage({ editIntervalMs: 1000 });
		const general = discord.channel('Alpha', 'general');
		const projector = projectorFor(await ask(general, 'text'));
		const script = createScript().begin().start('sage', 1, 'answer');
		const take = (from: number) => script.events.slice(from).forEach(projector.handle);
		take(0);
		await discord.until('the board', () => discord.requests.of(EDIT)[0]?.status === 200);
		const before = discord.requests.of(EDIT).length;
		for (let state = 0; state < 12; state += 1) {
			const from = script.events.length;
			script.passing({ type: 'tool_started', agent: 'sage', attempt: 1, tool: 't', label: `tool ${state}` }, 80);
			take(from);
		}
		await projector.settled();
		expect(discord.transcript(general)).toContain('uses tool 11');
		expect(discord.requests.of(EDIT).length - before).toBeLessThanOrEqual(2);
		const after = discord.requests.entries.length;
		take(script.events.length - 1);
		await projector.settled();
		expect(discord.requests.entries.length).toBe(after);
	});

	it('case 14: never while the headers say that nothing is left', async () => {
		const { discord, ask, show } = await discordStage({
			rates: [[/^(POST|PATCH) \/channels\/:channel\/messages/, { requests: 3, windowMs: 80 }]],
		});
		const general = discord.channel('Alpha', 'general');
		const sessions = await Promise.all([1, 2].map(() => ask(general, 'text')));
		await Promise.all(
			sessions.map((session, index) => show(session, finishedRun(`run-${index}`), 'normal', `run-${index}`)),
		);
		expect(discord.requests.entries.filter(({ status }) => status === 429)).toEqual([]);
		expect(discord.violations).toEqual([]);
	});

	it('case 15: not at all while everything is limited', async () => {
		const { discord, client, ask, poster, bodyOf } = await discordStage();
		const general = discord.channel('Alpha', 'general');
		const [one, two] = [await ask(general, 'text'), await ask(discord.channel('Beta', 'general'), 'text')];
		discord.fail({ route: SEND }, { type: 'limit', retryAfter: 0.3, scope: 'global' });
		const first = poster.post({ session: one, run: 'run-1' }, slotOf('board'), bodyOf(one, boardMessage()));
		await new Promise<void>((resolve) => {
			client.rest.on('response', (_, { status }) => void (status === 429 && setImmediate(resolve)));
		});
		await poster.post({ session: two, run: 'run-2' }, slotOf('board'), bodyOf(two, boardMessage()));
		await first;
		const [limited, ...others] = discord.requests.of(SEND);
		expect(others.every(({ at }) => at - (limited?.at ?? 0) >= 290)).toBe(true);
	});

	it('case 15: a channel that refuses is left alone by all runs, and asked again when that has been forgotten', async () => {
		const { discord, clock, ask, poster, bodyOf } = await discordStage();
		const general = discord.channel('Alpha', 'general');
		const runs = [];
		for (let run = 0; run < 25; run += 1) {
			const session = await ask(general, 'text');
			const place = { session, run: `run-${run}` };
			runs.push({
				place,
				id: await poster.post(place, slotOf('board', false, place.run), bodyOf(session, boardMessage())),
			});
		}
		discord.person('Ada').permitBot(general, { deny: ['ViewChannel', 'SendMessages', 'SendMessagesInThreads'] });
		const attempts = runs.flatMap(({ place, id }) => [
			poster.edit(place, slotOf('board', true), id, bodyOf(place.session, boardMessage({ orchestration: 2 }))),
			...['a', 'b', 'c'].map((name) =>
				poster.post(place, slotOf(`slot:${name}`), bodyOf(place.session, slotMessage('x'))),
			),
		]);
		const outcomes = await Promise.allSettled(attempts);
		expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
		expect(discord.invalidRequests()).toBeLessThan(100);
		const before = discord.requests.entries.length;
		const [first] = runs;
		if (first === undefined) throw new Error('there is no run');
		const edit = () =>
			poster.edit(
				first.place,
				slotOf('board', true),
				first.id,
				bodyOf(first.place.session, boardMessage({ orchestration: 3 })),
			);
		await expect(edit()).rejects.toMatchObject({ code: 'place_gone' });
		expect(discord.requests.entries.length).toBe(before);

		discord.person('Ada').permitBot(general, { allow: ['ViewChannel', 'SendMessages'] });
		clock.advance(600_001);
		await edit();
	});

	it('case 19: a part that is limited holds the later ones back, and all arrive in order', async () => {
		const { discord, ask, projectorFor } = await discordStage();
		const general = discord.channel('Alpha', 'general');
		const projector = projectorFor(await ask(general, 'text'), 'run-1', 'full');
		const part = ({ body }: { body: unknown }) => JSON.stringify(body).includes('continued (2)');
		const limited = discord.fail({ route: SEND, where: part }, { type: 'limit', retryAfter: 0.2 });
		const script = createScript().begin();
		script.answer('sage', 1, 1, 'One sentence after another. '.repeat(160));
		script.events.forEach(projector.handle);
		await projector.settled();
		const [thread] = discord.threads(general);
		const firsts = thread && discord.messages(thread).map(({ content }) => content.split('\n')[0]);
		expect(firsts).toEqual(['## sage', '-# sage, continued (2)', '-# sage, continued (3)']);
		expect(limited.used()).toBe(1);
	});
});

describe('how much a run says', () => {
	it('case 29: five agents in three rounds take eight messages, and twenty at most in full', async () => {
		const { discord, ask, show } = await discordStage();
		const [general, other] = [discord.channel('Alpha', 'general'), discord.channel('Beta', 'general')];
		const run = (name: string) => fiveAgents(name, 1);
		await show(await ask(general, 'text'), run('run-1'), 'normal', 'run-1');
		const count = (channel: typeof general) =>
			[channel, ...discord.threads(channel)].flatMap((one) => discord.messages(one)).length;
		expect(count(general)).toBe(8);
		await show(await ask(other, 'text'), fiveAgents('run-2', 9000), 'full', 'run-2');
		expect(count(other)).toBeLessThanOrEqual(20);
		expect(count(other)).toBeGreaterThan(8);
		expect(discord.violations).toEqual([]);
	});

	it('case 33: a run of two hours is shown to its end, without any interaction', async () => {
		const { discord, ask, projectorFor, clock } = await discordStage();
		const general = discord.channel('Alpha', 'general');
		const projector = projectorFor(await ask(general, 'text'));
		const [first, ...rest] = finishedRun().filter((event) => 'seq' in event);
		if (first === undefined) throw new Error('there is no event');
		projector.handle(first);
		await projector.settled();
		for (const event of rest) {
			clock.advance(Math.ceil((2 * 3_600_000) / rest.length));
			projector.handle(event);
			await projector.settled();
		}
		expect(discord.transcript(general)).toContain('| ## Answer');
		expect(discord.requests.of().filter(({ route }) => /interactions|webhooks/.test(route))).toEqual([]);
		expect(discord.violations).toEqual([]);
	});
});

/** Five agents that answer in each of three rounds, vote, and one presents. */
function fiveAgents(run: string, characters: number) {
	const ids = ['a', 'b', 'c', 'd', 'e'];
	const team = ids.map((id, index) => ({ id, model: 'demo', name: `agent${index + 1}` }));
	const script = createScript(run).begin('Why?', {}, team);
	for (let round = 1; round <= 3; round += 1) {
		for (const id of ids) script.start(id, round, round === 1 ? 'answer' : 'evaluate');
		for (const id of ids)
			script.answer(id, round, round, `${id} in round ${round}. `.padEnd(characters, 'More of it. '));
	}
	for (const id of ids) script.lasting({ type: 'vote_cast', agent: id, attempt: 4 });
	const rows = ids.map((agent) => ({
		agent,
		label: `${agent}.3`,
		votes: agent === 'a' ? 5 : 0,
		voters: agent === 'a' ? ids : [],
	}));
	const votes = ids.map((agent) => ({ agent, target: 'a', label: 'a.3', reason: 'good' }));
	script.lasting({ type: 'vote_closed', by: 'all_voted', tally: rows, votes });
	script.lasting({ type: 'winner_selected', agent: 'a', label: 'a.3', votes: 5, tie: null });
	return script.finish({ winner: 'a', answers: 5, agents: 5 }).events;
}
