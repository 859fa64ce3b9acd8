import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/adapters/stores/memory.ts';
import { BotError } from '../../../src/core/errors.ts';
import type { Gateway, Slot, ThreadMessage } from '../../../src/core/gateway.ts';
import type { RunEvent } from '../../../src/core/run-event.ts';
import { createProjector } from '../../../src/observers/projector.ts';
import { createSlotRecords, incompleteThreads } from '../../../src/observers/slot-records.ts';
import { threadAfter } from '../../../src/observers/thread.ts';
import { messagesOf } from '../../../src/observers/thread-messages.ts';
import { createThreadView } from '../../../src/observers/thread-view.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { createScript, finishedRun, ordinaryRun } from '../../support/run-events.ts';
import { strictEnglish } from '../../support/say.ts';

const say = await strictEnglish();
type Call = { type: 'post' | 'edit'; key: string; at: number; message: ThreadMessage; slot: Slot };

/** A chat platform in memory. `meet` may refuse or delay a call. */
function given({
	editIntervalMs = 1000,
	meet = async (_call: Call) => {},
	render = (message: ThreadMessage): ThreadMessage[] => [message],
	keepsMessages = false,
	maxMessages = Number.POSITIVE_INFINITY,
	store = createMemoryStore(),
} = {}) {
	const clock = createManualClock();
	const start = clock.now();
	const calls: Call[] = [];
	const shown = new Map<string, ThreadMessage>();
	const problems: string[] = [];
	const removed: string[] = [];
	const take = async (type: Call['type'], id: string, message: ThreadMessage, slot: Slot) => {
		const call = { type, key: message.key, at: clock.now() - start, message, slot };
		calls.push(call);
		await meet(call);
		shown.set(id, message);
		return id;
	};
	let posts = 0;
	const gateway: Gateway<ThreadMessage> = {
		name: 'discord',
		capabilities: { editIntervalMs, canAsk: false, keepsMessages, maxMessages },
		render,
		start: async () => {},
		post: (_place, slot, message) => take('post', `m${++posts}`, message, slot),
		edit: (_place, slot, id, message) => take('edit', id, message, slot),
		async remove(_place, slot, id) {
			removed.push(slot.key);
			shown.delete(id);
		},
		standing: async () => ({ kind: 'member', roles: [], name: null }),
		reply: async () => {},
		stop: async () => {},
	};
	const place = { session: 's', run: 'run-1' };
	const onProblem = (text: string) => void problems.push(text);
	const records = keepsMessages ? createSlotRecords(store, 'run-1') : null;
	const projector = createProjector({ gateway, place, clock, say, verbosity: 'normal', records, onProblem });
	const handle = (events: readonly RunEvent[]) => {
		for (const event of events) projector.handle(event);
	};
	const edits = (key: string) => calls.filter((call) => call.type === 'edit' && call.key === key);
	return { clock, calls, shown, problems, projector, handle, edits, removed, store };
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

	it('shows everything else when a gateway cannot render a message', async () => {
		const render = (message: ThreadMessage) => {
			if (message.type === 'board') throw new RangeError('too deep');
			return [message];
		};
		const { clock, shown, handle, projector, problems } = given({ render });
		for (const event of finishedRun()) {
			handle([event]);
			await clock.advance(100);
		}
		await projector.settled();
		expect([...shown.values()]).toEqual(threadOf(finishedRun()).filter(({ key }) => key !== 'board'));
		expect(problems).toEqual([expect.stringMatching(/“board”.*\(too deep\)\. The run goes on\.$/)]);
	});

	it('is settled when it has never been used', async () => {
		await expect(given().projector.settled()).resolves.toBeUndefined();
	});
});

describe('a gateway that needs several messages for one', () => {
	const inTwo = (message: ThreadMessage): ThreadMessage[] =>
		message.type === 'slot' && message.content.length > 20
			? [
					{ ...message, content: message.content.slice(0, 20) },
					{ ...message, content: message.content.slice(20) },
				]
			: [message];

	it('gets them in order, each edited in its own place, and what is no longer needed taken away', async () => {
		const { calls, handle, projector, removed, clock } = given({ render: inTwo });
		const script = createScript().begin();
		script.start('sage', 1, 'answer').answer('sage', 1, 1, 'A first answer that is long enough for two.');
		handle(script.events);
		await projector.settled();
		expect(calls.map(({ type, slot }) => `${type} ${slot.key}`)).toEqual([
			'post question',
			'post board',
			'post slot:sage',
			'post slot:sage#1',
		]);
		const so = script.events.length;
		script.start('sage', 2, 'evaluate').answer('sage', 2, 2, 'Short.');
		handle(script.events.slice(so));
		await clock.advance(5_000);
		await projector.settled();
		expect(removed).toEqual(['slot:sage#1']);
		expect(calls.filter(({ type, key }) => type === 'post' && key === 'slot:sage')).toHaveLength(2);
	});

	it('goes on with the part that was refused, in order', async () => {
		let refusals = 1;
		const meet = async ({ type, slot }: Call) => {
			if (type === 'post' && slot.key === 'slot:sage#1' && refusals-- > 0) throw new Error('too fast');
		};
		const { calls, handle, projector, clock } = given({ render: inTwo, meet });
		const script = createScript().begin().start('sage', 1, 'answer');
		script.answer('sage', 1, 1, 'A first answer that is long enough for two.');
		script.start('critic', 1, 'answer').answer('critic', 1, 1, 'Mine.');
		handle(script.events);
		await clock.advance(2_000);
		await projector.settled();
		const posts = calls.filter(({ type }) => type === 'post').map(({ slot }) => slot);
		expect(posts.map(({ key }) => key)).toEqual([
			'question',
			'board',
			'slot:sage',
			'slot:sage#1',
			'slot:sage#1',
			'slot:critic',
		]);
		const [first, again] = posts.filter(({ key }) => key === 'slot:sage#1');
		expect(again?.nonce).toBe(first?.nonce);
		expect([first?.mayExist, again?.mayExist]).toEqual([false, true]);
		expect(new Set(posts.map(({ nonce }) => nonce)).size).toBe(5);
		expect(first?.nonce).toMatch(/^[\w-]{22}$/);
	});

	it('posts no more than it may in one run, but always the result', async () => {
		const { calls, handle, projector } = given({ maxMessages: 5 });
		handle(finishedRun());
		await projector.settled();
		expect(calls.filter(({ type }) => type === 'post').map(({ key }) => key)).toEqual(['question', 'board', 'final']);
	});
});

describe('a gateway whose messages outlive the process', () => {
	it('edits in the next process what the first one posted, and posts what is missing', async () => {
		const store = createMemoryStore();
		const events = finishedRun();
		const before = given({ keepsMessages: true, store });
		before.handle(events.slice(0, 8));
		await before.projector.settled();
		const posted = before.calls.filter(({ type }) => type === 'post').map(({ key }) => key);
		const after = given({ keepsMessages: true, store });
		after.handle(events);
		await after.projector.settled();
		const keys = threadOf(events).map(({ key }) => key);
		expect(after.calls.map(({ type, key }) => `${type} ${key}`).sort()).toEqual(
			keys.map((key) => `${posted.includes(key) ? 'edit' : 'post'} ${key}`).sort(),
		);
		expect(posted.length).toBeGreaterThan(1);
		expect(posted.length).toBeLessThan(keys.length);
	});

	it('is told to look first when the first process died while it posted', async () => {
		const store = createMemoryStore();
		const died = given({ keepsMessages: true, store, meet: () => new Promise(() => {}) });
		died.handle(finishedRun());
		await died.clock.advance(100);
		expect(died.calls).toHaveLength(1);
		const after = given({ keepsMessages: true, store });
		after.handle(finishedRun());
		await after.projector.settled();
		expect(after.calls.filter(({ slot }) => slot.mayExist).map(({ key }) => key)).toEqual(['question']);
		expect(after.calls[0]?.slot.nonce).toBe(died.calls[0]?.slot.nonce);
	});

	it('has its thread on the list of incomplete ones until it shows the end of the run', async () => {
		const store = createMemoryStore();
		const { handle, projector } = given({ keepsMessages: true, store });
		handle(ordinaryRun().events.slice(0, 6));
		await projector.settled();
		expect(await incompleteThreads(store)).toEqual(['run-1']);
		handle(finishedRun());
		await projector.settled();
		expect(await incompleteThreads(store)).toEqual([]);
	});

	it('keeps a thread on that list when a message was given up', async () => {
		const store = createMemoryStore();
		const meet = async ({ key }: Call) => {
			if (key === 'final') throw new Error('no access');
		};
		const { handle, projector, clock } = given({ keepsMessages: true, store, meet });
		handle(finishedRun());
		await clock.advance(20 * 60_000);
		await projector.settled();
		expect(await incompleteThreads(store)).toEqual(['run-1']);
	});

	it('counts a thread as shown when what is missing was taken away twice by somebody', async () => {
		const store = createMemoryStore();
		const meet = async ({ type, key }: Call) => {
			if (type === 'edit' && key === 'board') throw new BotError('message_gone', 'unknown message');
		};
		const { handle, projector, clock } = given({ meet, keepsMessages: true, store });
		for (const event of finishedRun()) {
			handle([event]);
			await clock.advance(2_000);
		}
		await projector.settled();
		expect(await incompleteThreads(store)).toEqual([]);
	});

	it('posts a message anew, once, when somebody took it away', async () => {
		const gone = new BotError('message_gone', 'unknown message');
		const meet = async ({ type, key }: Call) => {
			if (type === 'edit' && key === 'board') throw gone;
		};
		const { handle, projector, clock, calls, edits, problems } = given({ meet });
		for (const event of boardChanges(6)) {
			handle([event]);
			await clock.advance(5_000);
		}
		await projector.settled();
		expect(calls.filter(({ type, key }) => type === 'post' && key === 'board')).toHaveLength(2);
		expect(edits('board')).toHaveLength(2);
		expect(problems).toEqual([
			'discord still does not take “board”, so it is not shown there (unknown message). The run goes on.',
		]);
	});

	it('is left alone once its thread is gone', async () => {
		const meet = async ({ type }: Call) => {
			if (type === 'edit') throw new BotError('place_gone', 'unknown channel');
		};
		const { handle, projector, clock, calls, problems } = given({ meet });
		for (const event of boardChanges(6)) {
			handle([event]);
			await clock.advance(5_000);
		}
		await projector.settled();
		expect(calls.filter(({ type }) => type === 'edit')).toHaveLength(1);
		expect(problems).toHaveLength(1);
	});
});
