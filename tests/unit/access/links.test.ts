import { describe, expect, it } from 'vitest';
import { createLinks } from '../../../src/access/links.ts';
import type { Person } from '../../../src/core/approval.ts';
import { checkFiles, mustLoad } from '../config/check.ts';

const person = (account: string): Person => {
	const [platform = '', tenant = '', user = ''] = account.split(':');
	return { platform, tenant, user };
};
const ADA = 'discord:1323802873036800006:1323802873036800001';
const ADA_AT_WORK = 'slack:T0123456789:U0123456789';

const ACCESS = `
roles: {owner: {allow: ['*']}}
given: {}
`;
const settingsWith = async (lines: string) =>
	checkFiles({ 'team.yaml': 'default_team: auto\n', 'access.yaml': ACCESS + lines });

describe('accounts of one human', () => {
	it.each([
		['the same account', ADA, ADA, true],
		['linked ones', ADA, ADA_AT_WORK, true],
		['one person in two servers of Discord', ADA, 'discord:1323802873036800007:1323802873036800001', true],
		['one id in two workspaces of Slack', ADA_AT_WORK, 'slack:T9:U0123456789', false],
		['others', ADA, 'slack:T0123456789:U9', false],
	])('case 5: %s: %s and %s: %s', async (_, one, other, same) => {
		const { people } = mustLoad(await settingsWith(`people: [['${ADA}', '${ADA_AT_WORK}']]\n`)).access;
		const isSame = createLinks(people);
		expect([await isSame(person(one), person(other)), await isSame(person(other), person(one))]).toEqual([same, same]);
	});

	it.each([
		[
			'names in the place of ids',
			"people: [['discord:alpha:ada', 'slack:T0123456789:U0123456789']]\n",
			'expected platform',
		],
		[
			'an account of two humans',
			`people: [['${ADA}', '${ADA_AT_WORK}'], ['slack:T0123456789:U0123456788', '${ADA_AT_WORK}']]\n`,
			'belongs to somebody else',
		],
	])('refuses %s', async (_, lines, message) => {
		expect(JSON.stringify(await settingsWith(lines))).toContain(message);
	});
});
