import { describe, expect, it } from 'vitest';
import { MODES, stage } from './stage.ts';

describe.each(MODES)('over %s, asking on Slack', (mode) => {
	it('a question by command is acknowledged without a word, and answered in the channel', async () => {
		const { slack, ada, message, until, finished, problems } = await stage(mode);
		const { delivery, shown } = await ada.command('C1', '/massgen', 'ask Why is the sky blue?');
		expect([delivery.acked, shown]).toEqual([true, null]);
		await message('What the team says to Why is the sky blue?');
		await until('the end', () => finished().length === 1);
		console.log(slack.render('T1', 'C1'));
		expect(problems).toEqual([]);
		expect(slack.violations).toEqual([]);
	});
});
