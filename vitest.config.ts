import { defineConfig } from 'vitest/config';
import { createClosingLineReporter } from './tests/support/closing-line-reporter.ts';

export default defineConfig({
	test: {
		include: ['tests/**/*.test.ts'],
		testTimeout: 15_000,
		hookTimeout: 30_000,
		reporters: ['default', createClosingLineReporter()],
	},
});
