import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeText } from '../../../../../src/adapters/gateways/terminal/safe-text.ts';

describe('safe text', () => {
	it.each([
		['colours', 'a\u001b[31;1mred\u001b[0mb', 'aredb'],
		['cursor and erase', 'a\u001b[2J\u001b[1;1Hb', 'ab'],
		['a window title', 'a\u001b]0;owned\u0007b', 'ab'],
		['a clipboard write', 'a\u001b]52;c;ZXZpbA==\u001b\\b', 'ab'],
		['a link', '\u001b]8;;https://evil.example\u001b\\text\u001b]8;;\u001b\\', 'text'],
		['device control', 'a\u001bPq#0;2;0;0;0\u001b\\b', 'ab'],
		['8-bit controls', 'a\u009b31mb\u009d0;x\u009cc', 'abc'],
		['a reset', 'a\u001bcb', 'ab'],
		['an unfinished sequence', 'a\u001b[31', 'a31'],
		['bell, backspace, delete', 'a\u0007b\u0008c\u007f', 'abc'],
		['direction overrides', 'user\u202etxt.exe\u202c \u2066x\u2069', 'usertxt.exe x'],
		['hidden characters', 'a\u200bb\ufeffc\u{e0041}', 'abc'],
		['carriage returns that overwrite', 'safe\revil\r\nnext', 'safe\nevil\nnext'],
		['lone surrogates', 'a\ud800b', 'a\ufffdb'],
	])('has no %s', (_name, text, safe) => {
		expect(safeText(text)).toBe(safe);
	});

	it('keeps new lines, tabs, emoji sequences, accents and other scripts', () => {
		const text = 'a\n\tb 👩‍👩‍👧 é 漢字 العربية';
		expect(safeText(text)).toBe(text);
	});

	it('has no control character but new line and tab, whatever comes in, and is then left as it is', () => {
		const nasty = fc.array(
			fc.oneof(fc.constantFrom('\u001b', '[', ']', '0', ';', '\u0007', '\u009b', 'm', '\\', '\u202e'), fc.string()),
		);
		fc.assert(
			fc.property(nasty, (pieces) => {
				const safe = safeText(pieces.join(''));
				const left = [...safe].filter((one) => /\p{Cc}/u.test(one) && one !== '\n' && one !== '\t');
				expect(left).toEqual([]);
				expect(safe).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
				expect(safeText(safe)).toBe(safe);
			}),
		);
	});
});
