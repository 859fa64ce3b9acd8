import { describe, expect, it } from 'vitest';
import type { EventReader } from './event-reader.ts';
import { served } from './served.ts';
import { final, finished, placeIn, question, queue, sessionNamed, slot } from './thread-messages.ts';

const started = async () => {
	const page = await served();
	await page.show(placeIn('t1'), question());
	return page;
};

/** The thread as a page shows it that followed these events. */
function shownBy({ events }: EventReader): unknown[] {
	const shown = new Map<string, { run: unknown; message: Record<string, unknown> }>();
	for (const { event, data } of events) {
		const given = data as { entries: []; run: string; message: { key: string }; key: string; text: string };
		if (event === 'snapshot') shown.clear();
		for (const { run, message } of event === 'snapshot' ? given.entries : event === 'message' ? [given] : []) {
			shown.set(`${run} ${(message as { key: string }).key}`, { run, message });
		}
		if (event !== 'append') continue;
		const known = shown.get(`${given.run} ${given.key}`);
		if (known === undefined) throw new Error('nothing to add to');
		known.message = { ...known.message, content: `${known.message.content}${given.text}` };
	}
	return [...shown.values()];
}

const lastId = ({ events }: EventReader) => ({ 'last-event-id': events.at(-1)?.id ?? '' });

describe('watching a thread', () => {
	it('begins with all there is, and goes on with what changes', async () => {
		const page = await started();
		const reader = await page.watch('t1');
		expect([reader.status, reader.headers['content-type'], reader.headers['cache-control']]).toEqual([
			200,
			'text/event-stream; charset=utf-8',
			'no-store',
		]);
		expect(reader.headers['content-security-policy']).toContain("default-src 'none'");
		expect(await reader.next()).toMatchObject({
			event: 'snapshot',
			data: { entries: [{ run: 'r1', message: question() }] },
		});
		await page.show(placeIn('t1'), slot('a', 'One'));
		await page.show(placeIn('t1'), slot('a', 'Two', 2));
		expect(await reader.next()).toMatchObject({ event: 'message', data: { run: 'r1', message: slot('a', 'One') } });
		expect(await reader.next()).toMatchObject({ event: 'message', data: { message: slot('a', 'Two', 2) } });
	});

	it('keeps runs apart, and what belongs to none of them', async () => {
		const page = await started();
		await page.show(placeIn('t1', 'r2'), question('Again?'));
		await page.show(placeIn('t1', null), queue('Third?'));
		const reader = await page.watch('t1');
		expect((await reader.next()).data).toEqual({
			entries: [
				{ run: 'r1', message: question() },
				{ run: 'r2', message: question('Again?') },
				{ run: null, message: queue('Third?') },
			],
		});
	});

	it('hears nothing of other threads, and nothing twice', async () => {
		const page = await started();
		const reader = await page.watch('t1');
		await page.show(placeIn('t2'), question('Other'));
		await page.show(placeIn('t1'), question());
		await page.show(placeIn('t1'), slot('a', 'One'));
		await reader.until(({ event }) => event === 'message');
		expect(reader.events.map(({ event }) => event)).toEqual(['snapshot', 'message']);
		expect(reader.events[1]?.data).toEqual({ run: 'r1', message: slot('a', 'One') });
	});

	it('finds a thread of an earlier process, below what was posted since', async () => {
		const page = await served();
		page.host.journals.set(sessionNamed('t1'), [
			{ run: 'r1', message: question() },
			{ run: 'r1', message: slot('a', 'as journaled') },
		]);
		await page.show(placeIn('t1'), slot('a', 'as it is now', 2));
		await page.show(placeIn('t1', 'r2'), question('Again?'));
		const reader = await page.watch('t1');
		expect((await reader.next()).data).toEqual({
			entries: [
				{ run: 'r1', message: question() },
				{ run: 'r1', message: slot('a', 'as it is now', 2) },
				{ run: 'r2', message: question('Again?') },
			],
		});
	});

	it('misses nothing that is posted while the journals are read', async () => {
		const page = await served();
		const read = Promise.withResolvers<void>();
		const asked = Promise.withResolvers<void>();
		page.host.thread = async () => {
			asked.resolve();
			await read.promise;
			return [{ run: 'r1', message: question() }];
		};
		const opening = page.watch('t1');
		await asked.promise;
		await page.show(placeIn('t1'), slot('a', 'One'));
		read.resolve();
		const reader = await opening;
		await reader.next();
		expect(shownBy(reader)).toEqual([
			{ run: 'r1', message: question() },
			{ run: 'r1', message: slot('a', 'One') },
		]);
	});

	it('is refused where there is no thread', async () => {
		const page = await served();
		for (const id of ['t1', 'a:b']) {
			const response = await page.get(`/api/threads/${id}/events`);
			expect(response.status).toBe(404);
			expect(await response.json()).toEqual({ error: { code: 'thread_unknown', message: expect.any(String) } });
		}
	});

	it('is refused, and works the next time, when the journals could not be read', async () => {
		const page = await served();
		page.host.thread = () => Promise.reject(new Error('no disk'));
		expect((await page.get('/api/threads/t1/events')).status).toBe(500);
		page.host.thread = async () => [{ run: 'r1', message: question() }];
		expect((await page.watch('t1')).status).toBe(200);
	});

	it('shows life every 15 seconds while nothing happens', async () => {
		const page = await started();
		const reader = await page.watch('t1');
		await reader.next();
		await page.clock.advance(14_999);
		expect(reader.comments).toEqual([]);
		await page.clock.advance(1);
		await reader.untilComments(1);
		await page.clock.advance(15_000);
		await reader.untilComments(2);
		expect(reader.events).toHaveLength(1);
	});

	it.each(['a\n\nevent: snapshot\ndata: {}\n\n', '\r\n\r\r\u2028\u2029\0', '<script>\u202E</script>', '\uD83D'])(
		'shows %j as it was written',
		async (text) => {
			const page = await started();
			const reader = await page.watch('t1');
			await reader.next();
			await page.show(placeIn('t1'), slot('a', text));
			expect(await reader.next()).toMatchObject({ event: 'message', data: { message: slot('a', text) } });
			expect(reader.events).toHaveLength(2);
		},
	);

	it('does not begin for a reader that has left before the thread was read', async () => {
		const page = await served();
		const read = Promise.withResolvers<void>();
		const asked = Promise.withResolvers<void>();
		page.host.thread = async () => {
			asked.resolve();
			await read.promise;
			return [{ run: 'r1', message: question() }];
		};
		const impatience = new AbortController();
		const events = fetch(page.url('/api/threads/t1/events'), { signal: impatience.signal });
		await asked.promise;
		impatience.abort();
		await expect(events).rejects.toThrow();
		// Another request, after whose answer the server has seen the first one leave.
		await page.get('/healthz');
		read.resolve();
		await page.clock.advance(0);
		await expect.poll(() => page.clock.pending()).toBe(0);
	});

	it('leaves nothing behind', async () => {
		const page = await started();
		const reader = await page.watch('t1');
		await reader.next();
		expect(page.clock.pending()).toBe(1);
		reader.drop();
		await reader.ended;
		await expect.poll(() => page.clock.pending()).toBe(0);
	});

	it('goes on after hundreds of other threads were in use', async () => {
		const page = await started();
		const reader = await page.watch('t1');
		await reader.next();
		for (let i = 0; i < 300; i += 1) await page.show(placeIn(`other-${i}`), question());
		await page.show(placeIn('t1'), slot('a', 'One'));
		expect(await reader.next()).toMatchObject({ event: 'message', data: { message: slot('a', 'One') } });
	});

	it('reads a thread again that nobody watched for long', async () => {
		const page = await started();
		const entries = [{ run: 'r1', message: question() }];
		page.host.journals.set(sessionNamed('t1'), entries);
		(await page.watch('t1')).drop();
		expect(page.host.reads).toBe(1);
		(await page.watch('t1')).drop();
		expect(page.host.reads).toBe(1);
		await expect.poll(() => page.clock.pending()).toBe(0);
		for (let i = 0; i < 300; i += 1) await page.show(placeIn(`other-${i}`), question());
		const reader = await page.watch('t1');
		expect((await reader.next()).data).toEqual({ entries });
		expect(page.host.reads).toBe(2);
	});
});

describe('an answer that is being written', () => {
	it('is sent once, and then only what is new of it', async () => {
		const page = await started();
		await page.show(placeIn('t1'), final('Be'));
		const reader = await page.watch('t1');
		await page.show(placeIn('t1'), final('Because \u{1F600}'));
		await page.show(placeIn('t1'), final('Because \u{1F600}.'));
		await page.show(placeIn('t1'), finished('Because \u{1F600}.'));
		await reader.until(({ event }) => event === 'message');
		expect(reader.events.slice(1)).toMatchObject([
			{ event: 'append', data: { run: 'r1', key: 'final', text: 'cause \u{1F600}' } },
			{ event: 'append', data: { text: '.' } },
			{ event: 'message', data: { run: 'r1', message: finished('Because \u{1F600}.') } },
		]);
	});

	it('is sent whole when it begins anew, or when more than its text changed', async () => {
		const page = await started();
		await page.show(placeIn('t1'), final('First try'));
		const reader = await page.watch('t1');
		await page.show(placeIn('t1'), final('Second'));
		await page.show(placeIn('t1'), final('Second try', { winner: 'b' }));
		await page.show(placeIn('t1'), final('Second try.', { winner: 'b' }));
		await reader.until(({ event }) => event === 'append');
		expect(reader.events.map(({ event }) => event)).toEqual(['snapshot', 'message', 'message', 'append']);
		expect(shownBy(reader).at(-1)).toEqual({ run: 'r1', message: final('Second try.', { winner: 'b' }) });
	});

	it('costs 1 MB on the wire for 1 MB, however often it grew', async () => {
		const page = await started();
		const reader = await page.watch('t1');
		let text = '';
		for (let i = 0; i < 1_000; i += 1) {
			text += `${i} `.padEnd(1_048);
			await page.show(placeIn('t1'), final(text));
			if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
		}
		await page.show(placeIn('t1'), slot('a', 'last'));
		await reader.until(({ event, data }) => event === 'message' && JSON.stringify(data).includes('last'));
		expect(text.length).toBeGreaterThan(1_000_000);
		expect(shownBy(reader)).toContainEqual({ run: 'r1', message: final(text) });
		expect(reader.bytes()).toBeLessThan(1.3 * text.length);
	});
});

describe('a dropped connection', () => {
	it('gets what it missed, each message once and in its newest state', async () => {
		const page = await started();
		const before = await page.watch('t1');
		await page.show(placeIn('t1'), slot('a', 'One'));
		await before.until(({ event }) => event === 'message');
		before.drop();
		await page.show(placeIn('t1'), slot('a', 'Two', 2));
		await page.show(placeIn('t1'), slot('b', 'Other'));
		await page.show(placeIn('t1'), slot('a', 'Three', 3));
		await page.show(placeIn('t1'), final('Be'));
		await page.show(placeIn('t1'), final('Because'));
		const after = await page.watch('t1', lastId(before));
		await page.show(placeIn('t1'), final('Because.'));
		await after.until(({ event }) => event === 'append');
		expect(after.events).toMatchObject([
			{ event: 'message', data: { message: slot('a', 'Three', 3) } },
			{ event: 'message', data: { message: slot('b', 'Other') } },
			{ event: 'message', data: { message: final('Because') } },
			{ event: 'append', data: { text: '.' } },
		]);
	});

	it('that missed nothing gets nothing', async () => {
		const page = await started();
		const before = await page.watch('t1');
		await before.next();
		before.drop();
		const after = await page.watch('t1', lastId(before));
		await page.show(placeIn('t1'), slot('a', 'One'));
		await after.next();
		expect(after.events).toMatchObject([{ event: 'message', data: { message: slot('a', 'One') } }]);
	});

	it('between any two events misses nothing', async () => {
		const page = await started();
		const first = await page.watch('t1');
		await first.next();
		await page.show(placeIn('t1'), slot('a', 'One'));
		await page.show(placeIn('t1'), slot('b', 'Other'));
		await page.show(placeIn('t1'), slot('a', 'Two', 2));
		// Comes back: `a` is newer than `b` but has the place before it.
		const second = await page.watch('t1', { 'last-event-id': first.events[0]?.id ?? '' });
		const [a, b] = [await second.next(), await second.next()];
		expect([a, b]).toMatchObject([
			{ data: { message: slot('a', 'Two', 2) } },
			{ data: { message: slot('b', 'Other') } },
		]);
		const afterA = await page.watch('t1', { 'last-event-id': a.id });
		const afterB = await page.watch('t1', { 'last-event-id': b.id });
		await page.show(placeIn('t1'), slot('c', 'Last'));
		await afterA.until(({ data }) => JSON.stringify(data).includes('Last'));
		await afterB.until(({ data }) => JSON.stringify(data).includes('Last'));
		expect(afterA.events.map(({ data }) => data)).toContainEqual({ run: 'r1', message: slot('b', 'Other') });
		expect(afterB.events).toMatchObject([{ data: { message: slot('c', 'Last') } }]);
	});

	it.each(['', 'nonsense', 'ffffffffffff-3', '-1'])('that was last told %j gets everything', async (id) => {
		const page = await started();
		const reader = await page.watch('t1', { 'last-event-id': id });
		expect(await reader.next()).toMatchObject({ event: 'snapshot' });
	});

	it('to a process that has ended gets everything from the next one', async () => {
		const old = await started();
		const before = await old.watch('t1');
		await before.next();
		const next = await started();
		const after = await next.watch('t1', lastId(before));
		expect(await after.next()).toMatchObject({ event: 'snapshot' });
	});

	it('that comes back with a number from the future, or too late, gets everything', async () => {
		const page = await started();
		const before = await page.watch('t1');
		const { id } = await before.next();
		before.drop();
		await before.ended;
		const future = await page.watch('t1', { 'last-event-id': `${id}000` });
		expect(await future.next()).toMatchObject({ event: 'snapshot' });
		future.drop();
		await expect.poll(() => page.clock.pending()).toBe(0);
		page.host.journals.set(sessionNamed('t1'), [{ run: 'r1', message: question() }]);
		for (let i = 0; i < 300; i += 1) await page.show(placeIn(`other-${i}`), question());
		const late = await page.watch('t1', { 'last-event-id': id });
		expect(await late.next()).toMatchObject({ event: 'snapshot' });
	});
});

describe('several tabs', () => {
	it('two show the same, though one was opened in the middle', async () => {
		const page = await started();
		const first = await page.watch('t1');
		await page.show(placeIn('t1'), final('Be'));
		await first.until(({ event }) => event === 'message');
		const second = await page.watch('t1');
		await page.show(placeIn('t1'), final('Because'));
		await page.show(placeIn('t1'), finished('Because.'));
		const isEnd = ({ data }: { data: unknown }) => JSON.stringify(data).includes('answered');
		await Promise.all([first.until(isEnd), second.until(isEnd)]);
		expect(shownBy(first)).toEqual([
			{ run: 'r1', message: question() },
			{ run: 'r1', message: finished('Because.') },
		]);
		expect(shownBy(second)).toEqual(shownBy(first));
	});

	it('one that leaves does not disturb the other', async () => {
		const page = await started();
		const [first, second] = [await page.watch('t1'), await page.watch('t1')];
		await Promise.all([first.next(), second.next()]);
		first.drop();
		await first.ended;
		await page.show(placeIn('t1'), slot('a', 'One'));
		expect(await second.next()).toMatchObject({ data: { message: slot('a', 'One') } });
	});
});
