import type { RunEvent } from '../core/run-event.ts';

/** What the process says of itself when it ends. */
export const exitCode = { done: 0, configuration: 1, runFailed: 2, deadline: 3, interrupted: 4 } as const;

/** The exit code of a finished run. */
export function exitCodeOf({ outcome, shortfalls }: RunEvent & { type: 'run_finished' }): number {
	if (outcome === 'stopped') return exitCode.interrupted;
	if (shortfalls.includes('run_deadline')) return exitCode.deadline;
	return outcome === 'failed' ? exitCode.runFailed : exitCode.done;
}
