import { expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import { BotError } from '../../../src/core/errors.ts';
import type { Store } from '../../../src/core/store.ts';
import { createProjector } from '../../../src/observers/projector.ts';
import { createSlotRecords, incompleteThreads } from '../../../src/observers/slot-records.ts';
import { threadAfter } from '../../../src/observers/thread.ts';
import { messagesOf } from '../../../src/observers/thread-messages.ts';
import { createThreadView } from '../../../src/observers/thread-view.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { recordingGateway } from '../../support/recording-gateway.ts';
import { finishedRun } from '../../support/run-events.ts';
import { strictEnglish } from '../../support/say.ts';

const say = await strictEnglish();

it('a thread waits for a store that is away, for as long as it takes, and nobody is told by each message', async () => {
	const disk = createMemoryStore();
	let isAway = true;
	const store: Store = {
		...disk,
		commit: (changes) => (isAway ? Promise.reject(new BotError('store_away', 'not there')) : disk.commit(changes)),
	};
	const gateway = recordingGateway('discord', { canAsk: false, keepsMessages: true });
	const clock = createManualClock();
	const problems: string[] = [];
	const projector = createProjector({
		...{ gateway, clock, say, place: { session: 's', run: 'run-1' }, verbosity: 'normal' as const },
		records: createSlotRecords(store, 'run-1'),
		onProblem: (text) => void problems.push(text),
	});
	const events = finishedRun();
	for (const event of events) projector.handle(event);
	for (let minute = 0; minute < 30; minute += 1) await clock.advance(60_000);
	expect([gateway.posts, problems]).toEqual([[], []]);
	isAway = false;
	await clock.advance(10_000);
	await projector.settled();
	expect(gateway.shown.size).toBe(messagesOf(events.reduce(threadAfter, createThreadView()), say).length);
	expect([problems, await incompleteThreads(store)]).toEqual([[], []]);
});
