import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../src/cli/exit-code.ts';
import type { RunEvent } from '../../../src/core/run-event.ts';
import { createScript } from '../../support/run-events.ts';

type Finished = RunEvent & { type: 'run_finished' };

function finished(outcome: Finished['outcome'], ...shortfalls: Finished['shortfalls']): Finished {
	const last = createScript().begin().finish({ outcome, shortfalls }).events.at(-1);
	if (last?.type !== 'run_finished') throw new Error('the script does not end');
	return last;
}

describe('the exit code of a finished run', () => {
	it.each([
		[0, 'a full result', finished('answered')],
		[0, 'a partial result', finished('partial', 'agent_out', 'below_quorum')],
		[0, 'a result that a smaller deadline shortened', finished('answered', 'presentation_deadline')],
		[2, 'no answer', finished('failed', 'agent_out', 'below_quorum')],
		[2, 'no answer within the budget', finished('failed', 'budget_exhausted', 'below_quorum')],
		[3, 'a result cut by the deadline of the run', finished('partial', 'run_deadline')],
		[3, 'no answer before the deadline of the run', finished('failed', 'run_deadline', 'below_quorum')],
		[4, 'a stop', finished('stopped', 'cancelled')],
		[4, 'a stop after the deadline', finished('stopped', 'run_deadline', 'cancelled')],
	])('is %i for %s', (code, _, event) => {
		expect(exitCodeOf(event)).toBe(code);
	});
});
