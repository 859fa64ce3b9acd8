import { defineConfig } from 'vitest/config';
import { createClosingLineReporter } from './tests/support/closing-line-reporter.ts';

const UNIT = 'tests/unit/**/*.test.ts';
/** Weighs the memory of its process, so it has one to itself. */
const WEIGHING = 'tests/unit/adapters/gateways/web/slow-reader.test.ts';
/** Load the frameworks of others, which change what a process has in common. */
const FRAMEWORKS = 'tests/unit/adapters/frameworks/*.test.ts';

export default defineConfig({
	test: {
		testTimeout: 15_000,
		hookTimeout: 30_000,
		// Most of the time a test waits for sockets and processes: a second one goes beside it, on two cores too.
		maxWorkers: 2,
		reporters: ['default', createClosingLineReporter()],
		projects: [
			// These leave nothing behind, so the program is loaded once for all of them: it takes a quarter less time.
			{ extends: true, test: { name: 'unit', include: [UNIT], exclude: [WEIGHING, FRAMEWORKS], isolate: false } },
			{
				extends: true,
				test: { name: 'rest', include: ['tests/{contracts,e2e,house,platforms}/**/*.test.ts', WEIGHING, FRAMEWORKS] },
			},
		],
	},
});
