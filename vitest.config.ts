import { defineConfig } from 'vitest/config';
import { createClosingLineReporter } from './tests/support/closing-line-reporter.ts';

export default defineConfig({
	test: {
		include: ['tests/**/*.test.ts'],
		testTimeout: 15_000,
		hookTimeout: 30_000,
		// Most of the time a test waits for sockets and processes: a second one goes beside it, on two cores too.
		maxWorkers: 2,
		reporters: ['default', createClosingLineReporter()],
	},
});
