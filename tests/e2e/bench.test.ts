import { describe, expect, it, onTestFinished } from 'vitest';
import { measure } from '../../bench/measure.ts';
import { startProvider } from '../../bench/processes.ts';
import { floor, inMemory, onDisk, openai } from '../../bench/programs.ts';
import type { Expected } from '../../bench/provider-script.ts';

describe('the bench', () => {
	it.each([floor, openai, inMemory, onDisk])(
		'has $name do the whole job, with 2N + 1 model calls a run',
		async (program) => {
			const server = await startProvider();
			onTestFinished(() => server.stop());
			const load = { behaviour: {}, options: { sessions: 2, concurrency: 2, agents: 4 } };
			// Throws when a run came to another result than the provider's script makes of it.
			const { callsPerRun, report } = await measure(server, program, load, 0);
			expect(callsPerRun).toBe(9);
			expect(report).toMatchObject({ errors: 0, peakInflight: 2 });
		},
	);

	it('paces its provider as a model would be', async () => {
		const server = await startProvider();
		onTestFinished(() => server.stop());
		const behaviour = { ttftMs: 50, tokensPerSec: 400, tokensPerChunk: 10, skew: [1] };
		const { report } = await measure(server, floor, { behaviour, options: { sessions: 1, concurrency: 1 } }, 0);
		const { criticalPathMs } = await server.ask<Expected>('/expected');
		expect(criticalPathMs).toBeGreaterThan(1_000);
		expect(report.wallMs).toBeGreaterThanOrEqual(criticalPathMs);
	});
});
