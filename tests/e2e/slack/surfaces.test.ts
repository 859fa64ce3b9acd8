import { describe, expect, it } from 'vitest';
import { localesOf } from '../../support/locales-of.ts';
import { MODES, stage, wordsOf } from './stage.ts';

describe.each(MODES)('over %s, where people meet the bot', (mode) => {
	it("the home tab shows how to ask, what this person asked, and the teams; nobody else's questions", async () => {
		const { slack, ada, grace, until, finished } = await stage(mode);
		await ada.mention('C1', 'Why is *this* <mine>?');
		await until('the end', () => finished().length === 1);
		await grace.mention('C1', 'A question of grace?');
		await until('the second end', () => finished().length === 2);
		await ada.openHome();
		const home = await until('the home tab', () => ada.home());
		const text = slack.renderView(home);
		expect(text).toContain('/massgen');
		expect(text).toMatch(/Why is \*this\*/);
		expect(text).toContain('slack.com/archives/C1/p');
		expect(text).toMatch(/answered|running/);
		expect(text).not.toContain('A question of grace');
		expect(text).toContain('--verbosity quiet');
		expect(slack.violations).toEqual([]);
	});

	it('the messages tab and the older assistant view offer questions, each in its own way', async () => {
		const { slack, ada, until, finished } = await stage(mode);
		await ada.openHome('messages');
		const pane = await until('prompts', () =>
			slack.team('T1').assistantThreads.find(({ threadTs }) => threadTs === ''),
		);
		expect(pane.prompts).toHaveLength(3);
		const { root } = await ada.openAssistant();
		await until('prompts', () =>
			slack.team('T1').assistantThreads.some(({ threadTs, prompts }) => threadTs === root.ts && prompts.length === 3),
		);
		await ada.dm(String(pane.prompts[0]?.message), { threadTs: root.ts });
		await until('the end', () => finished().length === 1);
		await ada.dm('help');
		await until('the help', () =>
			slack.messages('T1', root.channel).some((one) => wordsOf(one).includes('/massgen ask')),
		);
		expect(slack.violations).toEqual([]);
	});

	it('case 51: the language a person has set chooses the words; what it lacks is English', async () => {
		const locales = await localesOf({
			de: { 'slack.modal.title': 'Frag ein Team', 'status.nothing': 'Hier läuft nichts.' },
		});
		const { app, ada, grace, until, finished, started } = await stage(mode, { locales });
		for (const person of [ada, grace]) await person.command('C1', '/massgen', 'status');
		await until('German', () => grace.ephemerals().some((one) => wordsOf(one).includes('Hier läuft nichts.')));
		await until('English', () => ada.ephemerals().some((one) => wordsOf(one).includes('Nothing is running here.')));
		await grace.command('C1', '/massgen', '');
		const modal = await until('the form', () => grace.modal());
		expect(modal.content).toMatchObject({ title: { text: 'Frag ein Team' }, submit: { text: 'Ask' } });
		await grace.mention('C1', 'Warum?');
		await until('the end', () => finished().length === 1);
		expect((await app().runs.input(started()[0]?.run ?? '')).showing.locale).toBe('de-DE');
	});
});
