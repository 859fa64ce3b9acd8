import { describe, expect, it } from 'vitest';
import { createTeamChoices } from '../../../../../src/adapters/gateways/discord/team-choices.ts';
import type { GatewayHost, TeamSummary } from '../../../../../src/core/gateway.ts';
import { createManualClock } from '../../../../support/manual-clock.ts';

const team = (name: string, description = ''): TeamSummary => ({ name, description, members: [] });
const hostOf = (teams: GatewayHost['teams']): GatewayHost => ({
	teams,
	receive: async () => {},
	threads: async () => [],
	thread: async () => [],
	keptFile: async () => null,
	commands: () => [],
});

describe('teams that are proposed', () => {
	it('are at most 25, whose names and values are within the limits', async () => {
		const many = Array.from({ length: 40 }, (_, index) => team(`team-${index}`, '🚀'.repeat(80)));
		const teams = [team('x'.repeat(101)), ...many];
		const choices = await createTeamChoices(
			hostOf(async () => ({ teams, notes: [] })),
			createManualClock(),
		)('');
		expect(choices).toHaveLength(25);
		for (const { name, value } of choices) {
			expect(name.length).toBeLessThanOrEqual(100);
			expect(name.isWellFormed()).toBe(true);
			expect(value).toMatch(/^team-\d+$/);
		}
	});

	it('fit what has been typed, by name or by what they are for', async () => {
		const teams = [team('trio', 'Three models'), team('solo', 'One model'), team('code', 'Writes programs')];
		const propose = createTeamChoices(
			hostOf(async () => ({ teams, notes: [] })),
			createManualClock(),
		);
		expect((await propose(' TRI')).map(({ value }) => value)).toEqual(['trio']);
		expect((await propose('model')).map(({ value }) => value)).toEqual(['trio', 'solo']);
	});

	it('are those of the last time while the list is slow or cannot be had', async () => {
		const clock = createManualClock();
		const held = Promise.withResolvers<Awaited<ReturnType<GatewayHost['teams']>>>();
		const answers: (() => ReturnType<GatewayHost['teams']>)[] = [
			async () => ({ teams: [team('trio')], notes: [] }),
			() => held.promise,
			async () => {
				throw new Error('gone');
			},
		];
		const propose = createTeamChoices(
			hostOf(() => answers.shift()?.() ?? held.promise),
			clock,
		);
		expect(await propose('')).toEqual([{ name: 'trio', value: 'trio' }]);
		const slow = propose('');
		await clock.advance(2000);
		expect(await slow).toEqual([{ name: 'trio', value: 'trio' }]);
		expect(await propose('')).toEqual([{ name: 'trio', value: 'trio' }]);
	});
});
