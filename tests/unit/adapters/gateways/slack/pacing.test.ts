import { describe, expect, it } from 'vitest';
import { controlId } from '../../../../../src/adapters/gateways/shared/controls.ts';
import { renderSlack } from '../../../../../src/adapters/gateways/slack/render-slack.ts';
import type { ThreadMessage } from '../../../../../src/core/gateway.ts';
import type { ApiRequest } from '../../../../platforms/slack/ledger.ts';
import { createScript, finishedRun } from '../../../../support/run-events.ts';
import { sessionOf, startSlackThread } from './slack-thread.ts';
import { board, choice, contextOf } from './thread-messages.ts';

const POSTS = ['chat.postMessage', 'chat.startStream', 'files.completeUploadExternal'];

/** Most requests in any span of `ms`. */
function mostWithin(requests: readonly ApiRequest[], ms: number): number {
	const times = requests.map(({ at }) => at);
	return Math.max(0, ...times.map((start) => times.filter((at) => at >= start && at < start + ms).length));
}

const bodyOf = (message: ThreadMessage) => {
	const [body] = renderSlack(message, contextOf());
	if (body?.type !== 'message') throw new Error('no message');
	return body;
};
const place = { session: sessionOf('a'), run: 'run-1' };
const slotNamed = (key: string) => ({ key, nonce: `nonce-${key}`.padEnd(22, '0'), mayExist: false });

describe('edits', () => {
	it('case 12: twelve states of the board in a second are two edits at most, and the last state is shown', async () => {
		const { slack, clock, startGateway, project, ask, until, requests } = await startSlackThread();
		await ask();
		const projector = project(startGateway().gateway);
		const script = createScript().begin();
		for (let attempt = 1; attempt <= 12; attempt += 1) script.start('sage', attempt, attempt % 2 ? 'answer' : 'review');
		const [begun, ...states] = script.events;
		if (begun !== undefined) projector.handle(begun);
		await until(projector.settled());
		for (const event of states) {
			await clock.advance(80);
			projector.handle(event);
		}
		await until(projector.settled());
		expect(requests('chat.update').length).toBeLessThanOrEqual(2);
		expect(slack.render('T1', 'C1')).toContain('reviewing the final answer');
		const calls = slack.requests.length;
		for (const event of states) projector.handle(event);
		await until(projector.settled());
		expect(slack.requests.length).toBe(calls);
	});

	it('are rarer the more runs are going, and as often as before when these have ended', async () => {
		const { startGateway, ask, until } = await startSlackThread();
		const { poster } = startGateway();
		const ids: string[] = [];
		expect(poster.editIntervalMs).toBe(2000);
		for (let index = 0; index < 5; index += 1) {
			const one = { session: sessionOf(`s${index}`), run: `r${index}` };
			await ask(one.session);
			ids.push(await until(poster.post(one, slotNamed('board'), bodyOf(board({ run: one.run })))));
		}
		expect(poster.editIntervalMs).toBe(7500);
		for (const [index, id] of ids.entries()) {
			const ended = bodyOf(board({ run: `r${index}`, finished: 'answered' }));
			await until(poster.edit({ session: sessionOf(`s${index}`), run: `r${index}` }, slotNamed('board'), id, ended));
		}
		expect(poster.editIntervalMs).toBe(2000);
	});
});

describe('the pace', () => {
	it('case 13: a board that has to wait holds up no message and no click', async () => {
		const { slack, clock, startGateway, ask, until, press, requests } = await startSlackThread();
		await ask();
		const { poster } = startGateway();
		const id = await until(poster.post(place, slotNamed('board'), bodyOf(board())));
		slack.faults.next('chat.update', { type: 'rate_limit', retryAfter: 30 });
		const edited = poster.edit(place, slotNamed('board'), id, bodyOf(board({ orchestration: 2 })));
		await slack.waitFor(() => requests('chat.update').length === 1);
		await clock.advance(2000);
		const begun = clock.now();
		await until(poster.post(place, slotNamed('choice:1'), bodyOf(choice())));
		expect(clock.now() - begun).toBeLessThanOrEqual(1000);
		const clicking = clock.now();
		const [control] = bodyOf(choice()).controls;
		const url = await press(slack.messages('T1', 'C1').at(-1), control === undefined ? '' : controlId(control));
		expect(await poster.replaceClicked(url, 'T1', bodyOf(choice({ chosen: 'sage' })))).toBe(true);
		expect(clock.now() - clicking).toBeLessThan(1000);
		expect(slack.messages('T1', 'C1').at(-1)?.text).toBe('sage, critic tied. sage was chosen.');
		await until(edited);
		expect(slack.render('T1', 'C1')).toContain('round 2');
		const [first = 0, second = 0, ...more] = requests('chat.update').map(({ at }) => at);
		expect(second - first).toBeGreaterThanOrEqual(30_000);
		expect(more).toEqual([]);
		expect(slack.violations).toEqual([]);
	});

	it('case 14: five runs at once keep to a message a second and 50 edits a minute', async () => {
		const { slack, startGateway, project, ask, play, requests, problems } = await startSlackThread();
		const { gateway } = startGateway();
		slack.team('T1').channels.get('C2')?.members.add(slack.team('T1').botUser);
		const runs = Array.from({ length: 5 }, (_, index) => index);
		await Promise.all(
			runs.map(async (index) => {
				const session = sessionOf(`s${index}`, index < 3 ? 'C1' : 'C2');
				await ask(session, { channel: index < 3 ? 'C1' : 'C2' });
				const script = createScript(`run-${index}`).begin();
				for (let round = 1; round <= 60; round += 1) {
					script.start('sage', round, round % 2 ? 'answer' : 'review').start('critic', round, 'answer');
					if (round % 10 === 0) script.answer('sage', round, round / 10, `answer ${round}`);
				}
				script.finish();
				await play(project(gateway, { session, run: `run-${index}` }), script.events);
			}),
		);
		const posts = slack.requests.filter(({ method }) => POSTS.includes(method));
		for (const channel of ['C1', 'C2']) {
			expect(
				mostWithin(
					posts.filter(({ args }) => args.channel === channel),
					1000,
				),
			).toBeLessThanOrEqual(1);
		}
		expect(requests('chat.update').length).toBeGreaterThan(20);
		expect(mostWithin(requests('chat.update'), 60_000)).toBeLessThanOrEqual(50);
		expect(slack.violations).toEqual([]);
		expect(problems).toEqual([]);
	});

	it('case 19: part 2 of 3 is told to wait, and all three arrive in order', async () => {
		const { slack, startGateway, project, ask, play, problems } = await startSlackThread();
		await ask();
		const long = Array.from({ length: 2500 }, (_, index) => `Line ${index}.`).join('\n');
		const second = ({ blocks }: { blocks?: unknown }) => String(blocks).includes('part 2 of 3');
		const script = createScript().begin().answer('sage', 1, 1, long);
		slack.faults.next('chat.postMessage', { type: 'rate_limit', retryAfter: 20 }, 1, second);
		await play(project(startGateway().gateway, { verbosity: 'full' }), script.events);
		const shown = slack
			.messages('T1', 'C1')
			.slice(1)
			.map(({ blocks }) => JSON.stringify(blocks));
		expect(shown.map((blocks) => /part (\d) of 3/.exec(blocks)?.[1] ?? '1')).toEqual(['1', '2', '3']);
		expect(slack.faults.left()).toBe(0);
		expect(slack.violations).toEqual([]);
		expect(problems).toEqual([]);
	});
});

describe('the number of messages', () => {
	const members = ['a', 'b', 'c', 'd', 'e'].map((id, index) => ({ id, model: 'm', name: `agent${index + 1}` }));
	const rounds = (answer: (agent: string, round: number) => string) => {
		const script = createScript().begin('Why?', {}, members);
		for (const round of [1, 2, 3]) {
			for (const { id } of members) script.start(id, round, 'answer').answer(id, round, round, answer(id, round));
		}
		const votes = members.map(({ id }) => ({ agent: id, target: 'a', label: 'agent1.3', reason: 'clear' }));
		const rows = members.map(({ id, name }) => ({
			agent: id,
			label: `${name}.3`,
			votes: id === 'a' ? 5 : 0,
			voters: [],
		}));
		return script
			.lasting({ type: 'vote_closed', by: 'all_voted', tally: rows, votes })
			.lasting({ type: 'winner_selected', agent: 'a', label: 'agent1.3', votes: 5, tie: null })
			.lasting({ type: 'presented', agent: 'a', content: 'Because.', source: 'model' })
			.finish({ answer: 'Because.', winner: 'a', answers: 5, agents: 5 }).events;
	};

	it('case 29: five agents and three rounds are eight', async () => {
		const { slack, startGateway, project, ask, play } = await startSlackThread();
		await ask();
		await play(
			project(startGateway().gateway),
			rounds((agent, round) => `${agent} says ${round}`),
		);
		expect(slack.messages('T1', 'C1').length).toBe(8);
		expect(slack.render('T1', 'C1')).toContain('*e · version 3*');
		expect(slack.violations).toEqual([]);
	});

	it('case 29: they are never more than twenty, however long everything is', async () => {
		const { slack, startGateway, project, ask, play } = await startSlackThread();
		await ask();
		const long = 'A sentence of some length that says nothing. '.repeat(1500);
		await play(
			project(startGateway().gateway, { verbosity: 'full' }),
			rounds((agent, round) => `${agent}${round} ${long}`),
		);
		expect(slack.messages('T1', 'C1').length).toBeLessThanOrEqual(20);
		expect(slack.render('T1', 'C1')).toContain('Because.');
		expect(slack.violations).toEqual([]);
	});
});

it('case 21: no link of any message unfolds', async () => {
	const { slack, startGateway, project, ask, play } = await startSlackThread();
	await ask();
	await play(project(startGateway().gateway), finishedRun());
	const posts = slack.requests.filter(({ method }) => method === 'chat.postMessage');
	expect(posts.length).toBeGreaterThan(4);
	for (const { args } of posts) expect([args.unfurl_links, args.unfurl_media]).toEqual(['false', 'false']);
	expect(slack.violations).toEqual([]);
});
