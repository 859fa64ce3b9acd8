import { describe, expect, it } from 'vitest';
import packageJson from '../../../../package.json' with { type: 'json' };

/** What `src/adapters/memory/mem0/load.ts` relies on and mem0 does not promise. */
describe('the seams of mem0ai', () => {
	it('is the version that they were read in', () => {
		expect(packageJson.dependencies.mem0ai).toBe('3.3.1');
	});

	it.each(['VectorStoreFactory', 'HistoryManagerFactory', 'EmbedderFactory', 'LLMFactory'] as const)(
		'%s has a static create that refuses what it does not know',
		async (name) => {
			process.env.MEM0_TELEMETRY = 'false';
			const factories = await import('mem0ai/oss');
			const { create } = factories[name];
			expect(create).toBeTypeOf('function');
			expect(() => Reflect.apply(create, factories[name], ['nobody', {}])).toThrow(/unsupported/i);
		},
	);
});
