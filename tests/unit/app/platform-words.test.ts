import { describe, expect, it } from 'vitest';
import { askStandings, tellStandings } from '../../../src/app/platform-words.ts';
import type { Standing } from '../../../src/core/gateway.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { sayings } from '../../support/sayings.ts';

const member: Standing = { kind: 'member', roles: ['r1'], name: 'Ada' };

describe('who people are, asked by a worker', () => {
	it('is told by the process that is on the platform', async () => {
		const words = sayings();
		const asked: unknown[] = [];
		const standing = async (...about: unknown[]) => {
			asked.push(about);
			return member;
		};
		tellStandings(words, () => null);
		tellStandings(words, (platform) => (platform === 'discord' ? { standing } : null));
		const discord = askStandings(words, createManualClock())('discord');
		expect(await discord.standing('U1', 'discord:T:C:1', { groups: true })).toEqual(member);
		expect(asked).toEqual([['U1', 'discord:T:C:1', { groups: true }]]);
	});

	it('is asked again when the word was missed', async () => {
		const [words, clock] = [sayings(), createManualClock()];
		const asked = askStandings(words, clock)('discord').standing('U1', 'discord:T:C:1', { groups: false });
		tellStandings(words, () => ({ standing: async () => member }));
		await clock.advance(2_000);
		expect(await asked).toEqual(member);
		expect(clock.pending()).toBe(0);
	});

	it('is not known when the platform does not say, and when nobody is there who could', async () => {
		const [words, clock] = [sayings(), createManualClock()];
		tellStandings(words, (platform) =>
			platform === 'slack' ? { standing: () => Promise.reject(new Error('ratelimited')) } : null,
		);
		const ask = (platform: string) =>
			askStandings(words, clock)(platform).standing('U1', `${platform}:T:C:1`, { groups: false });
		await expect(ask('slack')).rejects.toThrow('ratelimited');
		const unheard = expect(ask('discord')).rejects.toThrow('no process on discord said who U1 is');
		await clock.advance(10_000);
		await unheard;
		expect(clock.pending()).toBe(0);
	});

	it('is not taken from an answer that says something else than a standing', async () => {
		const [words, clock] = [sayings(), createManualClock()];
		words.hear('standing/asked', (word) => {
			const { id, asker } = word as { id: string; asker: string };
			words.say(`standing/told/${asker}`, { id, standing: { kind: 'owner', roles: [], name: null } });
		});
		const unheard = expect(
			askStandings(words, clock)('discord').standing('U1', 'discord:T:C:1', { groups: false }),
		).rejects.toThrow('no process on discord');
		await clock.advance(10_000);
		await unheard;
	});
});
