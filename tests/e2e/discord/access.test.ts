import { describe, expect, it } from 'vitest';
import { chainOf } from '../../../src/audit/chain.ts';
import type { Store } from '../../../src/core/store.ts';
import type { Answer } from '../../platforms/discord/person.ts';
import { READING, stage } from './stage.ts';

/** The program with Ada as owner of Alpha, and its store. */
async function owned(options: Parameters<typeof stage>[0] = {}) {
	let kept: Store | null = null;
	const around = (store: Store) => {
		kept = store;
		return store;
	};
	const on = await stage({ owners: ['Ada'], around, ...options });
	const { discord } = on;
	const general = discord.channel('Alpha', 'general');
	const says = (answer: Answer, text: string | RegExp) =>
		discord.until(String(text), () => {
			const content = answer.message()?.content ?? '';
			return typeof text === 'string' ? content.includes(text) : text.test(content);
		});
	const audited = async (): Promise<unknown[]> => {
		const log = chainOf({ platform: 'discord', tenant: discord.guildId('Alpha') });
		const entries = (await kept?.read(log, { after: 0, limit: 100 })) ?? [];
		return entries.map(({ value }) => value);
	};
	const roleId = (name: string) => discord.roleId('Alpha', name);
	return { ...on, general, says, audited, roleId, ada: discord.person('Ada'), ben: discord.person('Ben') };
}

const grant = (role: string, to: string) => ({ action: 'grant', role, to });

describe('case 40: a role of Discord that is renamed', () => {
	it('grants nothing by its name, and what was granted to it stays', async () => {
		const { general, says, ada, ben, roleId, discord } = await owned();
		ada.giveRole(general, 'Approvers', ben.user);
		const id = roleId('Approvers');
		let before = 'Approvers';
		for (const name of ['Admin', 'admin', 'owner', 'Administrator']) {
			ada.renameRole(general, before, name);
			before = name;
			await says(await ben.slash(general, 'massgen roles', grant('viewer', ben.user.id)), '`role:assign`');
		}
		await says(await ada.slash(general, 'massgen roles', grant('admin', `<@&${id}>`)), 'has the role admin');
		ada.renameRole(general, 'Administrator', 'Nobody');
		await says(await ben.slash(general, 'massgen roles', grant('viewer', ben.user.id)), 'has the role viewer');
		expect(discord.violations).toEqual([]);
	});

	it('neither does a name in the place of an id', async () => {
		const { general, says, ada } = await owned();
		await says(await ada.slash(general, 'massgen roles', grant('admin', '@Approvers')), 'is no id');
	});
});

describe('case 38: a role of Discord that is taken away', () => {
	it('is gone at the next press, without a restart', async () => {
		const { general, says, ada, ben, roleId, discord } = await owned();
		ada.giveRole(general, 'Approvers', ben.user);
		await says(
			await ada.slash(general, 'massgen roles', grant('admin', `<@&${roleId('Approvers')}>`)),
			'has the role admin',
		);
		await says(await ben.slash(general, 'massgen roles', grant('viewer', ada.user.id)), 'Ada has the role viewer');
		ada.takeRole(general, 'Approvers', ben.user);
		const refused = await ben.slash(general, 'massgen roles', grant('viewer', ben.user.id));
		await says(refused, '`role:assign`');
		expect(refused.ephemeral).toBe(true);
		expect(discord.violations).toEqual([]);
	});
});

describe('case 39: Discord does not say who somebody is', () => {
	it('refuses what needs to be known at that moment, and nothing else', async () => {
		const { general, says, ada, discord, message } = await owned();
		const failing = discord.fail(
			{ route: 'GET /guilds/:guild/members/:user', times: 99 },
			{ type: 'refuse', code: 50001 },
		);
		await says(await ada.slash(general, 'massgen roles', grant('viewer', ada.user.id)), 'could not be found out');
		await ada.slash(general, 'massgen ask', { question: 'Why?' });
		await message(general, 'ann');
		failing.release();
		await says(await ada.slash(general, 'massgen roles', grant('viewer', ada.user.id)), 'has the role viewer');
	});
});

describe('case 42: a guest of a server', () => {
	it('starts nothing, by command, by message and by button; is told so alone, and it is in the audit', async () => {
		const { general, says, ada, ben, discord, events, message, thread, idle, audited } = await owned(READING);
		await ada.slash(general, 'massgen ask', { question: 'Hers?' });
		await message(await thread(general), 'Presented for Hers?');
		await idle();
		const board = await message(general, 'Retry');
		ada.makeGuest(general, ben.user);
		const refused = await ben.slash(general, 'massgen ask', { question: 'His?' });
		await says(refused, /Guests.*`run:start`/);
		expect(refused.ephemeral).toBe(true);
		await says(await ben.press(board, 'Retry'), /Guests.*`run:start`/);
		ben.say(general, `<@${discord.clientId}> His?`);
		await message(general, 'Guests, bots and people');
		await says(await ben.slash(general, 'massgen status'), 'Nothing');
		expect(events.flatMap((event) => (event.type === 'run_started' ? [event.question] : []))).toEqual(['Hers?']);
		expect(await audited()).toMatchObject([
			{
				actor: { platform: 'discord', id: ben.user.id },
				action: 'command.refuse',
				target: { id: 'ask' },
				reason: 'outsider',
			},
			{ target: { id: 'retry' }, reason: 'outsider' },
			{ target: { id: 'ask' }, reason: 'outsider' },
		]);
		expect(discord.violations).toEqual([]);
	});
});

describe('the run of somebody else', () => {
	it('is not stopped by a member; by whoever asked, or an owner, it is', async () => {
		const { general, says, ben, discord, message, finished, audited } = await owned();
		const ada = discord.person('Ada');
		await ben.slash(general, 'massgen ask', { question: 'Long?', team: 'stuck' });
		const board = await message(general, 'Stop');
		const cho = discord.person('Cho');
		await says(await cho.press(board, 'Stop'), /`run:stop-any`.*owner.*Ask one of them/s);
		expect(finished()).toEqual([]);
		expect(await audited()).toMatchObject([{ actor: { id: cho.user.id }, target: { id: 'stop' }, reason: 'lacking' }]);
		await ada.press(board, 'Stop');
		await discord.until('the end', () => finished().length === 1);
		await ben.slash(general, 'massgen ask', { question: 'Again?', team: 'stuck' });
		const [own] = [await message(general, 'Again?')];
		await ben.press(own, 'Stop');
		await discord.until('the second end', () => finished().length === 2);
		expect(discord.violations).toEqual([]);
	});

	it('is not stopped by who owns the server either: what somebody is on Discord makes them no owner of the bot', async () => {
		const { general, says, ada, ben, message } = await owned({ owners: [] });
		await ben.slash(general, 'massgen ask', { question: 'Long?', team: 'stuck' });
		const refused = await ada.press(await message(general, 'Stop'), 'Stop');
		await says(refused, /`run:stop-any`.*OWNERS/s);
		await says(await ada.slash(general, 'massgen roles', grant('owner', ada.user.id)), '`role:assign`');
	});
});
