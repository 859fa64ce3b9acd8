import { describe, expect, it } from 'vitest';
import { chainOf } from '../../../src/audit/chain.ts';
import type { Store } from '../../../src/core/store.ts';
import { buttonOf, MODES, stage, wordsOf } from './stage.ts';

/** The program with ada (U1) as owner of T1, and its store. */
async function owned(mode: (typeof MODES)[number], options: Parameters<typeof stage>[1] = {}) {
	let kept: Store | null = null;
	const around = (store: Store) => {
		kept = store;
		return store;
	};
	const on = await stage(mode, { env: { OWNERS: 'slack:T1:U1' }, around, ...options });
	const told = (who: typeof on.ada, text: string | RegExp) =>
		on.until(String(text), () =>
			who
				.ephemerals()
				.some((one) => (typeof text === 'string' ? wordsOf(one).includes(text) : text.test(wordsOf(one)))),
		);
	const audited = async (): Promise<unknown[]> => {
		const entries = (await kept?.read(chainOf({ platform: 'slack', tenant: 'T1' }), { after: 0, limit: 100 })) ?? [];
		return entries.map(({ value }) => value);
	};
	const userOf = (id: string) => {
		const user = on.slack.team('T1').users.get(id);
		if (user === undefined) throw new Error(`no user ${id}`);
		return user;
	};
	return { ...on, told, audited, userOf };
}

describe.each(MODES)('over %s', (mode) => {
	it.each([
		['guest of the workspace', { isGuest: true }],
		['person of another workspace in a shared channel', { homeTeam: 'T9' }],
	])('case 42: a %s starts nothing, by command, message and button, and is told so alone', async (_, what) => {
		const { ada, grace, told, userOf, started, board, audited, slack, until, finished } = await owned(mode);
		Object.assign(userOf('U2'), what);
		await ada.mention('C1', 'Please wait for ever.');
		const message = await board('Stop');
		await grace.command('C1', '/massgen', 'His?');
		await told(grace, /Guests.*`?run:start/);
		await grace.mention('C1', 'Mine?');
		await until(
			'the second refusal',
			() => grace.ephemerals().filter((one) => /run:start/.test(wordsOf(one))).length === 2,
		);
		await grace.press(message, buttonOf(message, 'Stop'));
		await until('the third refusal', () => grace.ephemerals().some((one) => /run:stop/.test(wordsOf(one))));
		expect([started().length, finished().length]).toEqual([1, 0]);
		expect(ada.ephemerals()).toEqual([]);
		expect(await audited()).toMatchObject([
			{ actor: { platform: 'slack', id: 'U2' }, action: 'command.refuse', target: { id: 'ask' }, reason: 'outsider' },
			{ target: { id: 'ask' }, reason: 'outsider' },
			{ target: { id: 'stop' }, reason: 'outsider' },
		]);
		expect(slack.violations).toEqual([]);
	});

	it('cases 38 and 40: a user group has its role by its id, whatever it is called, until somebody leaves it', async () => {
		const { ada, grace, told, slack, until } = await owned(mode);
		const group = { id: 'S1', handle: 'approvers', users: ['U2'] };
		slack.team('T1').userGroups.push(group);
		group.handle = 'admin';
		const grant = (to: string) => `roles grant --role viewer --to ${to}`;
		await grace.command('C1', '/massgen', 'roles grant --role viewer --to U1');
		await told(grace, '`role:assign`');
		await ada.command('C1', '/massgen', 'roles grant --role admin --to S1');
		await told(ada, 'S1 has the role admin');
		await grace.command('C1', '/massgen', grant('U1'));
		await told(grace, 'ada has the role viewer');
		group.users = [];
		const before = grace.ephemerals().length;
		await grace.command('C1', '/massgen', grant('U2'));
		await until('the refusal', () => grace.ephemerals().length > before);
		expect(wordsOf(grace.ephemerals().at(-1) ?? { text: '', blocks: [] })).toContain('`role:assign`');
		expect(slack.violations).toEqual([]);
	});

	it('case 39: while Slack does not say who somebody is they start nothing, and stop what is theirs', async () => {
		const { ada, told, slack, until, started, finished, board } = await owned(mode);
		await ada.mention('C1', 'Please wait for ever.');
		const message = await board('Stop');
		slack.faults.next('users.info', { type: 'error', error: 'internal_error' }, 99);
		await ada.command('C1', '/massgen', 'roles grant --role viewer --to U2');
		await told(ada, 'could not be found out');
		const before = ada.ephemerals().length;
		await ada.mention('C1', 'Once more?');
		await until('the refusal', () => ada.ephemerals().length > before);
		expect(started()).toHaveLength(1);
		await ada.press(message, buttonOf(message, 'Stop'));
		await until('the end', () => finished().length === 1);
	});
});
