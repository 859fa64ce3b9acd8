import type { Reporter, TestCase, TestModule } from 'vitest/node';

/**
 * Ends the output of a test run with the line `N passed, N failed, N skipped`, after the name of every skipped
 * test and why it was skipped. With `CI=true` a skipped test fails the run: there everything must be there.
 * A suite or file that breaks outside its tests counts as one failure.
 */
export function createClosingLineReporter(env: Readonly<Record<string, string | undefined>> = process.env): Reporter {
	let ending = '';
	return {
		/** Other reporters may still be writing when a run ends, so the line waits for the end of the process. */
		onInit() {
			process.once('exit', () => process.stdout.write(ending));
		},
		onTestRunEnd(modules, unhandledErrors) {
			const tests = modules.flatMap((module) => [...module.children.allTests()]);
			const count = (state: string) => tests.filter((test) => test.result().state === state).length;
			const skipped = tests.filter((test) => ['skipped', 'pending'].includes(test.result().state));
			const broken = modules.reduce((sum, module) => sum + errorsOutsideTests(module), unhandledErrors.length);
			const lines = skipped.map((test) => `skipped: ${nameOf(test)}`);
			if (skipped.length > 0 && env.CI === 'true') {
				process.exitCode = 1;
				lines.push('CI=true: a skipped test fails the run. Install what the tests above miss.');
			}
			lines.push(`${count('passed')} passed, ${count('failed') + broken} failed, ${skipped.length} skipped`);
			ending = `${lines.join('\n')}\n`;
		},
	};
}

function errorsOutsideTests(module: TestModule): number {
	const suites = [...module.children.allSuites()].filter((suite) => suite.errors().length > 0);
	return suites.length + (module.errors().length > 0 ? 1 : 0);
}

function nameOf(test: TestCase): string {
	const result = test.result();
	const why = result.state === 'skipped' && result.note ? ` (${result.note})` : '';
	return `${test.module.relativeModuleId} > ${test.fullName}${why}`;
}
