const ESC = '\\u001b';
/** Strings that a terminal swallows up to their terminator: OSC, DCS, SOS, PM and APC, in 7 and 8 bit form. */
const COMMANDS = `(?:${ESC}[\\]PX^_]|[\\u009d\\u0090\\u0098\\u009e\\u009f])[^\\u0007\\u001b\\u009c]*(?:\\u0007|${ESC}\\\\|\\u009c)`;
/** Control sequences: colours, cursor, modes. */
const SEQUENCES = `(?:${ESC}\\[|\\u009b)[0-?]*[ -/]*[@-~]`;
/** Two- and three-byte escapes: reset, character sets. */
const ESCAPES = `${ESC}[ -/]*[0-~]`;
/** What is left of C0 and C1, but tab and line feed. */
const CONTROLS = '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]';
/** Invisible characters that change the direction of text or hide text: bidi controls, zero-width space, BOM, tags. */
const INVISIBLE = '[\\u061c\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff\\u{e0000}-\\u{e007f}]';

const unsafe = new RegExp(`${COMMANDS}|${SEQUENCES}|${ESCAPES}|${CONTROLS}|${INVISIBLE}`, 'gu');

/**
 * Foreign text without anything a terminal would obey or that would deceive its reader. New lines and tabs stay.
 * Text is the same for a second pass.
 */
export function safeText(text: string): string {
	const lines = text.toWellFormed().replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n');
	return lines.replace(unsafe, '');
}
