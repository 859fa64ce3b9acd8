import { describe, expect, it } from 'vitest';
import { stage } from './stage.ts';

const RUNS = 50;
const SLOTS = ['## ann', '## bob', '## Vote', '## Answer'];

/** Strikes every n-th request. */
const every = (n: number) => {
	let count = 0;
	return () => {
		count += 1;
		return count % n === 0;
	};
};

describe('fifty runs at once on a bad day', () => {
	it('lose nothing and double nothing, with 429s, server errors and dropped connections', async () => {
		const { discord, events, problems, finished, idle, thread } = await stage();
		const people = [discord.person('Ada'), discord.person('Ben')] as const;
		const channels = [discord.channel('Alpha', 'general'), discord.channel('Beta', 'general')] as const;
		const struck = [
			discord.fail({ route: 'POST /channels/*', times: 30, where: every(7) }, { type: 'limit', retryAfter: 0.02 }),
			discord.fail({ route: 'PATCH /channels/*', times: 20, where: every(5) }, { type: 'limit', retryAfter: 0.02 }),
			discord.fail({ route: 'POST /channels/*', times: 12, where: every(11) }, { type: 'drop' }),
			discord.fail({ route: 'POST /channels/*', times: 12, where: every(13) }, { type: 'drop', by: 'close' }),
			discord.fail({ route: 'PATCH /channels/*', times: 12, where: every(9) }, { type: 'drop', by: 'close' }),
			discord.fail(
				{ route: 'POST /channels/*', times: 12, where: every(17) },
				{ type: 'error', status: 502, accept: true },
			),
		];
		const asked = Array.from({ length: RUNS }, (_, index) => {
			const channel = channels[index % 2] ?? channels[0];
			const person = people[index % 4 < 2 ? 0 : 1];
			if (index === 20 || index === 35) discord.gateway.drop();
			return person.say(channel, `<@${discord.clientId}> Question ${index} of many?`);
		});
		await discord.until('every run', () => finished().length === RUNS);
		for (const channel of channels) await thread(channel, RUNS / 2);
		await idle();

		const questions = events.flatMap((event) => (event.type === 'run_started' ? [event.question] : []));
		expect(questions.toSorted()).toEqual(asked.map(({ content }) => content.replace(/^<@\d+> /, '')).toSorted());
		for (const channel of channels) {
			const boards = discord.messages(channel).filter(({ author }) => author.bot);
			expect(boards).toHaveLength(RUNS / 2);
			for (const board of boards) expect(JSON.stringify(board.components)).toContain('Retry');
			for (const one of discord.threads(channel)) {
				const texts = discord.messages(one).map(({ content }) => content.split('\n')[0]);
				expect(texts.toSorted(), discord.transcript(one)).toEqual(SLOTS.toSorted());
			}
		}
		expect(struck.map((failure) => failure.used() > 0)).toEqual(struck.map(() => true));
		expect(discord.violations).toEqual([]);
		// A connection that was closed is told, and tried again.
		expect(problems.filter((text) => !text.includes('will be asked again'))).toEqual([]);
	}, 60_000);
});
