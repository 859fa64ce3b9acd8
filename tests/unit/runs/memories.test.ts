import { describe, expect, it } from 'vitest';
import type { Recalled } from '../../../src/core/memory.ts';
import { scrubRecalled } from '../../../src/memory/recalled.ts';
import { finishedRun } from '../../../src/runs/finished-run.ts';
import { actingAgent, ordinaryOutcome } from '../../support/acting-agent.ts';
import { runWorld, teamOf } from '../../support/run-world.ts';

const memory: Recalled = {
	...{ id: 'm-4711', owner: 'channel', text: 'The gate opens at noon', session: 'test:t:c:1', run: 'r0', by: 'ann' },
	...{ trust: 'foreign', at: 1 },
};

describe('a run whose memory is forgotten while it goes on', () => {
	it('tells the next turns nothing of it, stays tainted, and is not to be learned of', async () => {
		const gone = Promise.withResolvers<void>();
		const a = actingAgent('a', async function* (turn) {
			if (turn.kind === 'answer') await gone.promise;
			yield ordinaryOutcome(turn, 'a');
		});
		const world = runWorld([a, actingAgent('b', (turn) => ordinaryOutcome(turn, 'b'))]);
		const run = await world.ask(teamOf(['a', 'b']), { memories: [memory] });
		await world.clock.advance(0);
		expect(a.turns.map(({ memories, tainted }) => ({ memories, tainted }))).toEqual([
			{ memories: [memory], tainted: true },
		]);
		await scrubRecalled(world.store, ({ id }) => id === memory.id);
		gone.resolve();
		await run.done;
		expect(a.turns.length).toBeGreaterThan(2);
		for (const { memories, tainted } of a.turns.slice(1))
			expect({ memories, tainted }).toEqual({ memories: [], tainted: true });
		expect(await finishedRun(world.store, run.id)).toMatchObject({ isScrubbed: true });
		expect(JSON.stringify(await world.store.read(`journal/${run.id}`, { after: 0, limit: 1_000 }))).not.toContain(
			'm-4711',
		);
	});
});
