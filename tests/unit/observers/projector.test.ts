import { describe, expect, it } from 'vitest';
import type { Gateway, ThreadMessage } from '../../../src/core/gateway.ts';
import type { RunEvent } from '../../../src/core/run-event.ts';
import { createProjector } from '../../../src/observers/projector.ts';
import { threadAfter } from '../../../src/observers/thread.ts';
import { messagesOf } from '../../../src/observers/thread-messages.ts';
import { createThreadView } from '../../../src/observers/thread-view.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createScript, finishedRun, ordinaryRun } from '../../support/run-events.ts';
import { strictEnglish } from '../../support/say.ts';

const say = await strictEnglish();
type Call = { type: 'post' | 'edit'; key: string; at: number; message: ThreadMessage };

/** A chat platform in memory. `meet` may refuse or delay a call. */
function given({ editIntervalMs = 1000, meet = async (_call: Call) => {} } = {}) {
	const clock = createManualClock();
	const start = clock.now();
	const calls: Call[] = [];
	const shown = new Map<string, ThreadMessage>();
	const problems: string[] = [];
	const take = async (type: Call['type'], id: string, message: ThreadMessage) => {
		const call = { type, key: message.key, at: clock.now() - start, message };
		calls.push(call);
		await meet(call);
		shown.set(id, message);
		return id;
	};
	let posts = 0;
	const gateway: Gateway = {
		name: 'discord',
		capabilities: { editIntervalMs, canAsk: false },
		start: async () => {},
		post: (_place, message) => take('post', `m${++posts}`, message),
		edit: async (_place, id, message) => void (await take('edit', id, message)),
		reply: async () => {},
		stop: async () => {},
	};
	const place = { session: 's', run: 'run-1' };
	const projector = createProjector({ gateway, place, clock, say, onProblem: (text) => problems.push(text) });
	const handle = (events: readonly RunEvent[]) => {
		for (const event of events) projector.handle(event);
	};
	const edits = (key: string) => calls.filter((call) => call.type === 'edit' && call.key === key);
	return { clock, calls, shown, problems, projector, handle, edits };
}

const threadOf = (events: readonly RunEvent[]) => messagesOf(events.reduce(threadAfter, createThreadView()), say);
const boardChanges = (count: number) => {
	const script = createScript().begin();
	for (let attempt = 1; attempt <= count; attempt += 1)
		script.start('sage', attempt, attempt % 2 ? 'answer' : 'review');
	return script.events;
};

describe('projector', () => {
	it('posts every message once, in order, and ends with exactly the thread of the run', async () => {
		const { clock, calls, shown, handle, projector } = given();
		for (const event of finishedRun()) {
			handle([event]);
			await clock.advance(100);
		}
		await projector.settled();
		expect([...shown.values()]).toEqual(threadOf(finishedRun()));
		const posts = calls.filter(({ type }) => type === 'post').map(({ key }) => key);
		expect(posts).toEqual(['question', 'board', 'slot:sage', 'slot:critic', 'slot:builder', 'tally:1', 'final']);
	});

	it('posts the whole thread of a replayed run at once, each message in its last state', async () => {
		const { calls, handle, projector } = given();
		handle(finishedRun());
		await projector.settled();
		expect(calls.map(({ type, message }) => [type, message])).toEqual(
			threadOf(finishedRun()).map((one) => ['post', one]),
		);
	});

	it('edits a message at most once per interval and skips the states in between', async () => {
		const { clock, edits, shown, handle, projector } = given({ editIntervalMs: 1000 });
		const events = boardChanges(12);
		handle(events.slice(0, 1));
		for (const event of events.slice(1)) {
			await clock.advance(80);
			handle([event]);
		}
		await clock.advance(5000);
		await projector.settled();
		expect(edits('board').map(({ at }) => at)).toEqual([1000]);
		expect([...shown.values()]).toEqual(threadOf(events));
	});

	it('makes no call for an event that shows nothing', async () => {
		const { clock, calls, handle } = given({ editIntervalMs: 0 });
		const script = createScript().begin();
		handle(script.events);
		await clock.advance(1000);
		script.lasting({ type: 'answer_refused', agent: 'sage', attempt: 1, refusal: 'no_call' });
		handle(script.events);
		await clock.advance(1000);
		expect(calls).toHaveLength(2);
	});

	it('does not hold back the presented answer and the end of the run', async () => {
		const { clock, shown, handle, projector } = given({ editIntervalMs: 60_000 });
		handle(ordinaryRun().events);
		await clock.advance(0);
		handle(finishedRun());
		await projector.settled();
		expect([...shown.values()]).toEqual(threadOf(finishedRun()));
	});

	it('turns a flood of text into a few edits', async () => {
		const { clock, edits, handle, shown } = given({ editIntervalMs: 0 });
		const script = createScript().begin().start('sage', 1, 'present');
		handle(script.events);
		const delta = { type: 'text_delta', run: 'run-1', at: 0, agent: 'sage', attempt: 1, kind: 'present' } as const;
		for (let tick = 0; tick < 100; tick += 1) {
			for (let index = 0; index < 360; index += 1) handle([{ ...delta, text: 'x' }]);
			await clock.advance(10);
		}
		await clock.advance(100);
		expect(edits('final').length).toBeLessThanOrEqual(20);
		const last = [...shown.values()].at(-1);
		expect(last?.type === 'final' && last.content.length).toBe(36_000);
	});

	it('does nothing at all for text that nobody sees', async () => {
		const { clock, handle, calls } = given();
		handle(createScript().begin().start('sage', 1, 'answer').events);
		await clock.advance(0);
		const before = calls.length;
		for (let index = 0; index < 1000; index += 1) {
			handle([{ type: 'text_delta', run: 'run-1', at: 0, agent: 'sage', attempt: 1, kind: 'answer', text: 'x' }]);
		}
		expect(clock.pending()).toBe(0);
		expect(calls).toHaveLength(before);
	});

	it('goes on beside an edit that hangs', async () => {
		const hanging = Promise.withResolvers<void>();
		const { clock, calls, shown, handle, projector } = given({
			editIntervalMs: 0,
			meet: ({ type, key }) => (type === 'edit' && key === 'board' ? hanging.promise : Promise.resolve()),
		});
		for (const event of finishedRun()) {
			handle([event]);
			await clock.advance(1);
		}
		await clock.advance(1000);
		expect(calls.filter(({ type, key }) => type === 'edit' && key === 'board')).toHaveLength(1);
		expect([...shown.values()].at(-1)).toEqual(threadOf(finishedRun()).at(-1));
		hanging.resolve();
		await projector.settled();
		expect([...shown.values()]).toEqual(threadOf(finishedRun()));
	});

	it('tries a refused message again, keeps the order of posts, and says what happened', async () => {
		let refusals = 2;
		const { clock, shown, handle, projector, problems } = given({
			meet: async ({ key }) => {
				if (key === 'slot:sage' && refusals-- > 0) throw new Error('503 from the platform');
			},
		});
		handle(finishedRun());
		await clock.advance(999);
		expect([...shown.values()].map(({ key }) => key)).toEqual(['question', 'board']);
		await clock.advance(2001);
		await projector.settled();
		expect([...shown.values()]).toEqual(threadOf(finishedRun()));
		expect(problems).toEqual(
			Array(2).fill('discord did not take “slot:sage” and will be asked again (503 from the platform).'),
		);
	});

	it('gives a message up that is refused again and again, without harm to the others', async () => {
		const { clock, shown, handle, projector, problems } = given({
			meet: async ({ key }) => {
				if (key === 'board') throw new Error('forbidden');
			},
		});
		handle(finishedRun());
		await clock.advance(10_000);
		await projector.settled();
		expect([...shown.values()].map(({ key }) => key)).toEqual(
			threadOf(finishedRun())
				.map(({ key }) => key)
				.filter((key) => key !== 'board'),
		);
		expect(problems).toHaveLength(4);
		expect(problems.at(-1)).toMatch(/still does not take “board”.*The run goes on\.$/);
	});

	it('is settled when it has never been used', async () => {
		await expect(given().projector.settled()).resolves.toBeUndefined();
	});
});
