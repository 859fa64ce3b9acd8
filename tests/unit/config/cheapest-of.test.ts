import { describe, expect, it } from 'vitest';
import { cheapestOf } from '../../../src/config/cheapest-of.ts';
import { configuredTeam, noTools } from '../../../src/config/configured-team.ts';
import type { BackendSettings } from '../../../src/core/backend-settings.ts';
import { rulesSchema } from '../../../src/core/team.ts';
import type { PriceTable } from '../../../src/core/usage.ts';
import { scriptedSettings } from '../adapters/backends/scripted/settings.ts';

const prices: PriceTable = { cost: (_, model) => ({ dear: 900, fair: 90, free: 0 })[model] ?? null };

const teamOf = (...backends: BackendSettings[]) =>
	configuredTeam({
		...{ name: 't', description: '', rules: rulesSchema.parse({}) },
		agents: new Map(backends.map((backend, index) => [`a${index}`, { systemMessage: '', backend, tools: noTools }])),
	});

const modelOf = (model: string): BackendSettings => ({ ...scriptedSettings(null), type: 'openai', model });

describe('the cheapest model', () => {
	it('is found among all teams, and one without a price is the last choice', () => {
		expect(cheapestOf([teamOf(modelOf('dear'), modelOf('unheard-of')), teamOf(modelOf('fair'))], prices)?.model).toBe(
			'fair',
		);
		expect(cheapestOf([teamOf(modelOf('unheard-of')), teamOf(modelOf('free'))], prices)?.model).toBe('free');
		expect(cheapestOf([teamOf(modelOf('unheard-of'))], prices)?.model).toBe('unheard-of');
	});

	it('is no script, unless that says how it sums up', () => {
		expect(
			cheapestOf([teamOf(scriptedSettings({ answer: [{ new_answer: 'x' }] }), scriptedSettings(null))], prices),
		).toBe(null);
		expect(cheapestOf([teamOf(scriptedSettings({ digest: [{ text: 'Facts.' }] }))], prices)?.type).toBe('scripted');
		expect(cheapestOf([], prices)).toBeNull();
	});
});
