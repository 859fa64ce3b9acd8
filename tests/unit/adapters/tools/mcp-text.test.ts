import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kindOfAddress } from '../../../../src/adapters/tools/mcp/addresses.ts';
import { createBreaker } from '../../../../src/adapters/tools/mcp/breaker.ts';
import { cappedBody } from '../../../../src/adapters/tools/mcp/capped-body.ts';
import { MESSAGE_BYTES } from '../../../../src/adapters/tools/mcp/message-limit.ts';
import { createProgressLine } from '../../../../src/adapters/tools/mcp/progress-line.ts';
import { cappedText, resultOf } from '../../../../src/adapters/tools/mcp/result-text.ts';
import { toolName } from '../../../../src/adapters/tools/mcp/tool-name.ts';
import { createLineSplitter } from '../../../../src/adapters/tools/shared/line-splitter.ts';
import { revealedText, visibleText } from '../../../../src/core/foreign-text.ts';
import { createManualClock } from '../../../support/manual-clock.ts';

describe('addresses', () => {
	it.each([
		['public', ['1.1.1.1', '172.32.0.1', '192.88.98.1', '2606:4700::1111']],
		['loopback', ['127.0.0.1', '127.255.255.255', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1']],
		['private', ['10.1.2.3', '172.16.0.1', '192.168.1.1', '100.64.0.1', 'fd00::1', '::ffff:10.0.0.1']],
		[
			'forbidden',
			[
				'0.0.0.0',
				'169.254.169.254',
				'224.0.0.1',
				'255.255.255.255',
				'::',
				'fe80::1',
				'ff02::1',
				'::ffff:169.254.169.254',
				'64:ff9b::a00:1',
				'2002:a00:1::',
				'2001:0:1::',
				'::10.0.0.1',
				'example.com',
				'',
			],
		],
	])('that are %s', (kind, addresses) => {
		for (const address of addresses) expect(kindOfAddress(address), address).toBe(kind);
	});
});

describe('lines', () => {
	it('are the same however they arrive', () => {
		const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', '\n', 'é', '😀', '\r\n') }), { maxLength: 20 });
		fc.assert(
			fc.property(pieces, fc.integer({ min: 1, max: 7 }), (texts, size) => {
				const bytes = Buffer.from(`${texts.join('')}\n`);
				const splitter = createLineSplitter(1_000);
				const lines: string[] = [];
				for (let at = 0; at < bytes.length; at += size)
					lines.push(...(splitter.take(bytes.subarray(at, at + size)) ?? []));
				expect(lines.map((line) => `${line}\n`).join('')).toBe(bytes.toString().replaceAll('\r\n', '\n'));
			}),
		);
	});

	it('end where one is too long', () => {
		const splitter = createLineSplitter(4);
		expect(splitter.take(Buffer.from('1234\n12'))).toEqual(['1234']);
		expect(splitter.take(Buffer.from('345'))).toBeNull();
	});
});

describe('bodies', () => {
	const megabyte = new Uint8Array(1024 * 1024).fill(97);
	const event = Buffer.from('data: x\r\n\r\n');

	async function readAll(chunks: readonly Uint8Array[], isEvents: boolean): Promise<string> {
		let isTooLong = false;
		const body = cappedBody(
			(async function* () {
				yield* chunks;
			})(),
			isEvents,
			() => {
				isTooLong = true;
			},
		);
		try {
			for await (const _ of body);
			return 'read';
		} catch {
			return isTooLong ? 'too long' : 'broken';
		}
	}

	const most = Math.ceil(MESSAGE_BYTES / megabyte.length);
	const under = Array.from({ length: most }, () => megabyte);

	it.each([
		['a body at the limit', under, false, 'read'],
		['a body above it', [...under, event], false, 'too long'],
		['many events', Array.from({ length: 3 * most }, () => [megabyte, Buffer.from('\n\n')]).flat(), true, 'read'],
		['one event above the limit', [...under, event], true, 'too long'],
		[
			'an event of many lines',
			Array.from({ length: most + 1 }, () => [megabyte, Buffer.from('\n')]).flat(),
			true,
			'too long',
		],
	])('%s', async (_, chunks, isEvents, outcome) => {
		expect(await readAll(chunks, isEvents)).toBe(outcome);
	});
});

describe('names of tools', () => {
	it('are taken by every provider, and different for different tools', () => {
		fc.assert(
			fc.property(
				fc.uniqueArray(fc.string({ maxLength: 80, unit: 'binary' }), { minLength: 2, maxLength: 10 }),
				(tools) => {
					const names = tools.map((tool) => toolName('server', tool));
					for (const name of names) expect(name).toMatch(/^server__[\w-]{0,56}$/);
					expect(new Set(names).size).toBe(names.length);
				},
			),
		);
		expect(toolName('files', 'read_file')).toBe('files__read_file');
	});
});

describe('results', () => {
	it('are cut in whole characters, and say so', () => {
		const cut = cappedText('😀'.repeat(20_000));
		expect(cut).toMatch(/^(😀)+\n\[cut: 32 of 78 KiB; ask for less\]$/u);
		expect(Buffer.byteLength(cut)).toBeLessThan(33_000);
		expect(cappedText(`${'x'.repeat(2 * 1024 * 1024)}`)).toContain('[cut: 32 of 2048 KiB');
	});

	it('say what they hold that is no text', () => {
		const content = [
			{ type: 'image', data: 'AAAA', mimeType: 'image/png' },
			{ type: 'resource_link', uri: 'https://evil.example/x.png', name: 'x' },
			{ type: 'resource', resource: { uri: 'a:b', text: 'inside' } },
		] as const;
		expect(resultOf({ content: [...content] }).text).toBe(
			'[image, image/png, 1 KiB: cannot be shown]\n[resource x: https://evil.example/x.png]\n[resource a:b]\ninside',
		);
		const described = { mimeType: 'text/plain', size: 12, title: 'Notes', description: 'of the\u202e day' };
		const link = { type: 'resource_link', uri: 'file:///n', name: 'n', ...described } as const;
		expect(resultOf({ content: [link] }).text).toBe('[resource Notes: file:///n (text/plain, 12 bytes, of the day)]');
		expect(resultOf({ content: [], isError: true })).toEqual({ text: '(empty)', isError: true });
	});
});

describe('structured results', () => {
	const structuredContent = { n: 1, of: ['a', { b: null }] };
	const resultWith = (...texts: string[]) =>
		resultOf({ content: texts.map((words) => ({ type: 'text' as const, text: words })), structuredContent }).text;
	const data = '{"n":1,"of":["a",{"b":null}]}';

	it('are given as data where no text says them', () => {
		expect(resultWith()).toBe(data);
		expect(resultWith('One was found.')).toBe(`One was found.\n${data}`);
		expect(resultWith('{"n":2}')).toBe(`{"n":2}\n${data}`);
	});

	it('are not said twice, however the text is laid out', () => {
		const same = '{ "of": ["a", {"b": null}],\n "n": 1 }';
		expect(resultWith('Here:', same)).toBe(`Here:\n${same}`);
		const wrapped = { content: [{ type: 'text' as const, text: 'a\nb' }], structuredContent: { result: 'a\nb' } };
		expect(resultOf(wrapped).text).toBe('a\nb');
	});
});

describe('the progress of a call', () => {
	const linesOf = async (...steps: { progress: number; total?: number; message?: string; after?: number }[]) => {
		const clock = createManualClock();
		const lines: string[] = [];
		const take = createProgressLine(clock, (line) => lines.push(line));
		for (const { after = 1_000, ...progress } of steps) {
			await clock.advance(after);
			take(progress);
		}
		return lines;
	};

	it('is told as a share and in the words of the server, in one short line', async () => {
		expect(await linesOf({ progress: 1, total: 3, message: 'reading\u202e\n files' })).toEqual([
			'33 % · reading files',
		]);
		expect((await linesOf({ progress: 7, message: 'x'.repeat(200) }))[0]).toHaveLength(80);
		expect(await linesOf({ progress: 9, total: 3 }, { progress: -1, total: 3 })).toEqual(['100 %', '0 %']);
	});

	it('is told once a second at most, and only when there is something new', async () => {
		const flood = Array.from({ length: 100 }, (_, index) => ({ progress: index, total: 100, after: 100 }));
		expect(await linesOf(...flood)).toHaveLength(10);
		expect(await linesOf({ progress: 1, total: 2 }, { progress: 1, total: 2 })).toEqual(['50 %']);
		expect(await linesOf({ progress: 1 }, { progress: 2, total: 0 })).toEqual([]);
	});
});

describe('text of strangers', () => {
	const hidden = 'a\u202eb\u200bc\u{e0041}d\u0000e\u001b[2Jf\r\ng\u00ad\ufe0f';

	it('shows a model what a person would see, and a person what a model would read', () => {
		expect(visibleText(hidden)).toBe('abcde[2Jf\ng');
		expect(revealedText(hidden)).toBe('a<U+202E>b<U+200B>c<U+E0041>d<U+0000>e<U+001B>[2Jf\ng<U+00AD><U+FE0F>');
	});
});

describe('a breaker', () => {
	it('opens after three failures in a row, for longer each time, and closes with a success', async () => {
		const clock = createManualClock();
		const breaker = createBreaker(clock);
		const waits = [1, 2, 3, 4, 5, 6, 7, 8].map(() => {
			breaker.failed();
			return breaker.wait() / 60_000;
		});
		expect(waits).toEqual([0, 0, 1, 2, 4, 8, 8, 8]);
		await clock.advance(8 * 60_000);
		expect(breaker.wait()).toBe(0);
		breaker.succeeded();
		breaker.failed();
		expect(breaker.wait()).toBe(0);
	});
});
