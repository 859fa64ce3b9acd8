import OpenAI from 'openai';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAskingRate } from '../../../../../src/adapters/gateways/served/asking-rate.ts';
import { createGrowingText } from '../../../../../src/adapters/gateways/served/growing-text.ts';
import { chainOf } from '../../../../../src/audit/chain.ts';
import type { Permission } from '../../../../../src/core/access.ts';
import type { Principal } from '../../../../../src/core/gateway.ts';
import { startModelProvider } from '../../../../platforms/model-provider/server.ts';
import { accessWorld, shippedAccess } from '../../../../support/access.ts';
import { createManualClock } from '../../../../support/manual-clock.ts';
import { strictEnglish } from '../../../../support/say.ts';
import { teamPlayer } from '../../../../support/team-player.ts';
import { LOOKER, type ServedApp, servedApp, TOKEN } from './served-app.ts';

const ask = ({ url }: ServedApp, apiKey: string, content = 'Why the canary sings?') =>
	new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 }).chat.completions.create({
		...{ model: 'massgen/duo', messages: [{ role: 'user', content }] },
	});

describe('another system', () => {
	it('is refused what its role does not allow, and the audit names it and holds neither its token nor its words', async () => {
		const { store, ...world } = await servedApp();
		await expect(ask({ store, ...world }, LOOKER)).rejects.toMatchObject({ status: 403, code: 'not_permitted' });
		const rows = await store.read(chainOf({ platform: 'api', tenant: 'local' }), { after: 0, limit: 100 });
		expect(rows.map(({ value }) => value)).toMatchObject([
			{
				...{ actor: { platform: 'api', id: 'looker' }, action: 'command.refuse', outcome: 'refused' },
				...{ target: { type: 'command', id: 'ask' }, reason: 'lacking' },
			},
		]);
		const kept = JSON.stringify([rows, world.events, world.problems]);
		for (const secret of [LOOKER, TOKEN, 'canary']) expect(kept).not.toContain(secret);
	});

	it('spends its own budget, and is told when that is used up', async () => {
		const limits = 'budgets: { limits: [{ of: user, each: day, hard: 0.000001 }] }\n';
		const clients = `clients: [{ name: build-bot, token: "\${BUILD_BOT}" }]\n`;
		const provider = await startModelProvider({ reply: teamPlayer('Yes') });
		onTestFinished(provider.close);
		const env = { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: `${provider.url}/v1` };
		const main =
			'teams: { duo: { agents: [{ id: gpt, backend: { type: openai, model: gpt-5.4 } }] } }\ndefault_team: duo\n';
		const world = await servedApp({ access: clients + limits, main, env });
		const error = await ask(world, TOKEN).catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({
			status: 502,
			code: 'no_answer',
			message: expect.stringContaining('A budget is used up'),
		});
		expect((error as InstanceType<typeof OpenAI.APIError>).headers?.get('x-should-retry')).toBe('false');
		expect(provider.calls).toHaveLength(0);
	});

	it('may ask 60 times in a minute, each client for itself', async () => {
		const clock = createManualClock();
		const count = createAskingRate(clock, await strictEnglish());
		for (let n = 0; n < 60; n += 1) count('one');
		await clock.advance(15_000);
		expect(() => count('one')).toThrow(expect.objectContaining({ status: 429, code: 'rate_limited', retryAfterS: 45 }));
		count('other');
		await clock.advance(45_000);
		count('one');
	});

	it('is at home in its own place alone, where the people of the page are too', async () => {
		const { rules } = await shippedAccess();
		const { access } = accessWorld({ rules });
		const who = (platform: string, user: string): Principal => ({
			platform,
			tenant: 'local',
			user,
			roles: [],
			kind: 'member',
		});
		const may = async (by: Principal, permission: Permission, session: string) =>
			(await access.may(by, permission, { session })).why;
		const client = who('api', 'build-bot');
		expect(await may(client, 'run:start', 'api:local:build-bot:t')).toBe('granted');
		expect(await may(client, 'approval:decide:low', 'api:local:build-bot:t')).toBe('lacking');
		for (const session of ['web:local:page:t', 'terminal:local:x:t', 'api:elsewhere:build-bot:t', 'slack:T1:C1:1']) {
			expect(await may(client, 'run:read', session)).toBe('elsewhere');
		}
		expect(await may(who('web', 'local'), 'approval:decide:high', 'api:local:build-bot:t')).toBe('granted');
		expect(await may(who('terminal', 'local'), 'run:read', 'api:local:build-bot:t')).toBe('elsewhere');
		expect(await may(who('slack', 'U1'), 'run:read', 'api:local:build-bot:t')).toBe('elsewhere');
	});
});

describe('a text that is sent as it grows', () => {
	const told = (...texts: string[]) => {
		const grow = createGrowingText();
		return texts.map((text, index) => grow(text, index === texts.length - 1)).join('');
	};

	it('is sent once, whatever was told twice', () => {
		expect(told('Ti', 'Ti', 'Tides', 'Tides.')).toBe('Tides.');
	});

	it('is followed by what has taken its place', () => {
		expect(told('Tides', 'T', 'The moon', 'The moon.')).toBe('Tides\n\n---\n\nThe moon.');
		expect(told('Tides and more', 'Tides')).toBe('Tides and more\n\n---\n\nTides');
	});
});
