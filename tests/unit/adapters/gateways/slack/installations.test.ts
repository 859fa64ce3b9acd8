import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createInstallations } from '../../../../../src/adapters/gateways/slack/installations.ts';
import { createSeal, sealingKey } from '../../../../../src/adapters/gateways/slack/seal.ts';
import { createInstalledWorkspaces, type Renewed } from '../../../../../src/adapters/gateways/slack/workspaces.ts';
import { createMemoryStore } from '../../../../../src/adapters/stores/memory.ts';
import { createManualClock } from '../../../../support/manual-clock.ts';
import { strictEnglish } from '../../../../support/say.ts';

const say = await strictEnglish();
const HOUR_MS = 3_600_000;

const installation = (team: string, extra: object = {}) => ({
	...{ team, name: team, enterprise: null, token: `xoxb-${team}`, botUser: 'UBOT', botId: 'BBOT' },
	...{ refreshToken: null, expiresAt: null, ...extra },
});

describe('a sealed text', () => {
	it('is read with the key, and as what it was sealed for, only', () => {
		const seal = createSeal(randomBytes(32));
		const sealed = seal.close('xoxb-secret', 'T1');
		expect(JSON.stringify(sealed)).not.toContain('secret');
		expect(seal.open(sealed, 'T1')).toBe('xoxb-secret');
		expect(() => seal.open(sealed, 'T2')).toThrow();
		expect(() => createSeal(randomBytes(32)).open(sealed, 'T1')).toThrow();
		const changed = Buffer.from(sealed.data, 'base64');
		changed[0] = (changed[0] ?? 0) ^ 1;
		expect(() => seal.open({ ...sealed, data: changed.toString('base64') }, 'T1')).toThrow();
		expect(() => seal.open({ ...sealed, tag: sealed.tag.slice(0, 8) }, 'T1')).toThrow();
		expect(seal.close('xoxb-secret', 'T1')).not.toEqual(sealed);
	});

	it.each([
		[randomBytes(32).toString('base64'), true],
		[randomBytes(32).toString('hex'), true],
		[randomBytes(32).toString('base64url'), true],
		[randomBytes(31).toString('base64'), false],
		['a password', false],
		['', false],
	])('takes a key of 32 bytes: %s', (text, isKey) => {
		expect(sealingKey(text)?.length === 32).toBe(isKey);
	});
});

describe('the workspaces that have installed the app', () => {
	function world(renew: (refreshToken: string) => Promise<Renewed>) {
		const clock = createManualClock();
		const installations = createInstallations(createMemoryStore(), createSeal(randomBytes(32)), say);
		const problems: unknown[] = [];
		const options = { installations, clock, renew, onProblem: (error: unknown) => void problems.push(error) };
		return { clock, installations, problems, workspaces: createInstalledWorkspaces(options) };
	}

	it('are not asked for again, and are gone when they are forgotten', async () => {
		const { installations, workspaces } = world(() => Promise.reject(new Error('nothing to renew')));
		await workspaces.add(installation('T1'));
		expect(await workspaces.of('T1')).toMatchObject({ token: 'xoxb-T1' });
		expect(await workspaces.of('T2')).toBeNull();
		await workspaces.forget('T1');
		expect([await workspaces.of('T1'), await installations.get('T1')]).toEqual([null, null]);
	});

	it('renew a token that ends within two hours once, on the side; one that has ended is waited for', async () => {
		const asked: string[] = [];
		const gate = Promise.withResolvers<void>();
		const { clock, installations, workspaces } = world(async (refreshToken) => {
			asked.push(refreshToken);
			await gate.promise;
			return { token: 'xoxe-2', refreshToken: 'r2', expiresAt: clock.now() + 12 * HOUR_MS };
		});
		await workspaces.add(installation('T1', { refreshToken: 'r1', expiresAt: clock.now() + 3 * HOUR_MS }));
		await workspaces.of('T1');
		expect(asked).toEqual([]);
		await clock.advance(2 * HOUR_MS);
		expect(await workspaces.of('T1')).toMatchObject({ token: 'xoxb-T1' });
		await clock.advance(2 * HOUR_MS);
		const waiting = workspaces.of('T1');
		gate.resolve();
		expect(await waiting).toMatchObject({ token: 'xoxe-2' });
		expect(asked).toEqual(['r1']);
		expect(await installations.get('T1')).toMatchObject({ token: 'xoxe-2', refreshToken: 'r2' });
	});

	it('do not come back by a renewal that was under way when the app was taken out', async () => {
		const gate = Promise.withResolvers<void>();
		const { clock, installations, workspaces } = world(async () => {
			await gate.promise;
			return { token: 'xoxe-2', refreshToken: 'r2', expiresAt: clock.now() + HOUR_MS };
		});
		await workspaces.add(installation('T1', { refreshToken: 'r1', expiresAt: clock.now() + HOUR_MS }));
		await workspaces.of('T1');
		await workspaces.forget('T1');
		gate.resolve();
		await clock.advance(1);
		expect([await workspaces.of('T1'), await installations.get('T1')]).toEqual([null, null]);
	});

	it('go on with the token they have when it cannot be renewed now', async () => {
		const { clock, problems, workspaces } = world(() => Promise.reject(new Error('Slack is away')));
		await workspaces.add(installation('T1', { refreshToken: 'r1', expiresAt: clock.now() + HOUR_MS }));
		expect(await workspaces.of('T1')).toMatchObject({ token: 'xoxb-T1' });
		await clock.advance(1);
		expect(problems).toMatchObject([{ message: 'Slack is away' }]);
		await clock.advance(HOUR_MS);
		await expect(workspaces.of('T1')).rejects.toThrow('Slack is away');
	});
});
