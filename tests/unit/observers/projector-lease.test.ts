import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import type { Gateway, ThreadMessage } from '../../../src/core/gateway.ts';
import { createProjector } from '../../../src/observers/projector.ts';
import { createSlotRecords, incompleteThreads } from '../../../src/observers/slot-records.ts';
import { viewOf } from '../../../src/observers/thread.ts';
import { messagesOf } from '../../../src/observers/thread-messages.ts';
import { createLeases } from '../../../src/runs/leases.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { recordingGateway } from '../../support/recording-gateway.ts';
import { finishedRun } from '../../support/run-events.ts';
import { strictEnglish } from '../../support/say.ts';

const say = await strictEnglish();
const LEASE_MS = 9_000;

/** A thread under a lease of a process that can be cut off from its store. `meet` is called before each edit. */
async function given(meet: () => Promise<void> = async () => {}) {
	const kept = createMemoryStore();
	const clock = createManualClock();
	let away: PromiseWithResolvers<void> | null = null;
	const store = {
		...kept,
		async commit(changes: Parameters<typeof kept.commit>[0]) {
			await away?.promise;
			return kept.commit(changes);
		},
	};
	const leases = createLeases({ store, clock, shared: { leaseMs: LEASE_MS, home: null } });
	const lease = await leases.take('run-1');
	const platform = recordingGateway('discord', { keepsMessages: true });
	let edits = 0;
	const gateway: Gateway<ThreadMessage> = {
		...platform,
		capabilities: { ...platform.capabilities, editIntervalMs: 1_000 },
		async edit(...its) {
			edits += 1;
			await meet();
			return platform.edit(...its);
		},
	};
	const problems: string[] = [];
	const projector = createProjector({
		...{ gateway, place: { session: 's', run: 'run-1' }, clock, say, verbosity: 'normal' },
		records: createSlotRecords(store, 'run-1', () => lease),
		lease: () => lease,
		onProblem: (text) => void problems.push(text),
	});
	return {
		...{ clock, projector, platform, problems, kept, edits: () => edits },
		/** Another process, by the same clock. */
		other: () => createLeases({ store: kept, clock, shared: { leaseMs: LEASE_MS, home: null } }),
		cut: () => {
			away = Promise.withResolvers();
		},
		mend: () => {
			away?.resolve();
			away = null;
		},
	};
}

const shownOf = ({ shown }: ReturnType<typeof recordingGateway>) => [...shown.values()].map(({ message }) => message);

describe('a thread that is shown under a lease', () => {
	it('is not touched while another process may have it, and caught up on when none has', async () => {
		const { clock, projector, platform, cut, mend, edits } = await given();
		const [first, ...rest] = finishedRun();
		if (first !== undefined) projector.handle(first);
		await clock.advance(1_000);
		const posted = platform.posts.length;
		expect(posted).toBeGreaterThan(0);
		cut();
		await clock.advance(LEASE_MS);
		for (const event of rest) projector.handle(event);
		await clock.advance(60_000);
		expect([platform.posts.length, edits()]).toEqual([posted, 0]);
		mend();
		const settled = projector.settled();
		await clock.advance(60_000);
		await settled;
		expect(shownOf(platform)).toEqual(messagesOf(viewOf(finishedRun()), say));
	});

	it('is left, without a word, to another process that has taken it in the middle of an edit', async () => {
		const on = await given(async () => void (await on.other().seize('run-1')));
		const [first, ...rest] = finishedRun();
		if (first !== undefined) on.projector.handle(first);
		await on.clock.advance(10_000);
		for (const event of rest) on.projector.handle(event);
		const posted = on.platform.posts.length;
		await on.clock.advance(60_000);
		await on.projector.settled();
		expect([on.edits(), on.problems]).toEqual([1, []]);
		// One post was begun together with the edit; all the others are not made.
		expect(on.platform.posts.length).toBeLessThanOrEqual(posted + 1);
		expect(messagesOf(viewOf(finishedRun()), say).length).toBeGreaterThan(posted + 1);
		// Whoever has it now is to find it.
		expect(await incompleteThreads(on.kept)).toEqual(['run-1']);
	});
});
