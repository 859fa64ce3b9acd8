import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { served } from './served.ts';
import { final, finished, placeIn, question, slot } from './thread-messages.ts';

const MB = 1_048_576;
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** What this process holds after all that nobody needs is gone, in bytes. */
async function memory(): Promise<number> {
	// Buffers go in a second pass.
	for (let i = 0; i < 2; i += 1) {
		collectGarbage();
		await turn();
	}
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

/** A text of 1 MB that shares no storage with another one. */
const bigText = (mark: string) => Buffer.alloc(MB, `${mark}-`).toString('latin1');

describe('a slow reader', () => {
	it('costs no memory while it reads nothing, and then gets the newest state only', async () => {
		const page = await served();
		await page.show(placeIn('t1'), question());
		const reader = await page.watch('t1');
		await reader.next();
		reader.pause();
		const before = await memory();
		for (let i = 0; i < 200; i += 1) {
			await page.show(placeIn('t1'), slot('a', bigText(`v${i}`), i + 1));
			await turn();
		}
		expect((await memory()) - before).toBeLessThan(20 * MB);
		await page.show(placeIn('t1'), slot('b', 'the end'));
		reader.resume();
		await reader.until(({ data }) => JSON.stringify(data).includes('the end'));
		const messages = reader.events.slice(1);
		expect(messages.length).toBeLessThan(20);
		expect(messages.at(-2)?.data).toEqual({ run: 'r1', message: slot('a', bigText('v199'), 200) });
		expect(messages.at(-1)?.data).toEqual({ run: 'r1', message: slot('b', 'the end') });
	});

	it('gets all of a streamed answer in few pieces, and the right text', async () => {
		const page = await served();
		await page.show(placeIn('t1'), final(''));
		const reader = await page.watch('t1');
		await reader.next();
		reader.pause();
		let text = '';
		for (let i = 0; i < 200; i += 1) {
			text += bigText(`${i}`).slice(0, MB / 20);
			await page.show(placeIn('t1'), final(text));
			await turn();
		}
		reader.resume();
		const given = () => reader.events.slice(1).map(({ data }) => (data as { text: string }).text);
		await reader.until(() => given().reduce((length, piece) => length + piece.length, 0) === text.length);
		expect(given().join('') === text).toBe(true);
		expect(given().length).toBeLessThan(190);
	});

	it('holds back nobody else', async () => {
		const page = await served();
		await page.show(placeIn('t1'), question());
		const [slow, quick] = [await page.watch('t1'), await page.watch('t1')];
		await Promise.all([slow.next(), quick.next()]);
		slow.pause();
		for (let i = 0; i < 30; i += 1) {
			await page.show(placeIn('t1'), slot('a', bigText(`v${i}`), i + 1));
			expect(await quick.next()).toMatchObject({ data: { message: { version: i + 1 } } });
		}
	});

	it('that takes nothing for two minutes is sent away and may come back', async () => {
		const page = await served();
		await page.show(placeIn('t1'), finished('Because.'));
		const reader = await page.watch('t1');
		const { id } = await reader.next();
		reader.pause();
		for (let i = 0; i < 60; i += 1) {
			await page.show(placeIn('t1'), slot('a', bigText(`v${i}`), i + 1));
			await turn();
		}
		await page.clock.advance(8 * 15_000);
		expect(page.clock.pending()).toBe(0);
		const back = await page.watch('t1', { 'last-event-id': id });
		expect(await back.next()).toMatchObject({ event: 'message', data: { message: { version: 60 } } });
	});

	it('that reads within two minutes stays', async () => {
		const page = await served();
		await page.show(placeIn('t1'), question());
		const reader = await page.watch('t1');
		await reader.next();
		reader.pause();
		for (let i = 0; i < 60; i += 1) {
			await page.show(placeIn('t1'), slot('a', bigText(`v${i}`), i + 1));
			await turn();
		}
		await page.clock.advance(7 * 15_000);
		reader.resume();
		await reader.until(({ data }) => JSON.stringify(data).includes('"version":60'));
		await page.clock.advance(8 * 15_000);
		await page.show(placeIn('t1'), slot('b', 'the end'));
		await reader.until(({ data }) => JSON.stringify(data).includes('the end'));
	});
});
