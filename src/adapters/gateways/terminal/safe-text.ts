import { visibleText } from '../shared/visible-text.ts';

const ESC = '\\u001b';
/** Strings that a terminal swallows up to their terminator: OSC, DCS, SOS, PM and APC, in 7 and 8 bit form. */
const COMMANDS = `(?:${ESC}[\\]PX^_]|[\\u009d\\u0090\\u0098\\u009e\\u009f])[^\\u0007\\u001b\\u009c]*(?:\\u0007|${ESC}\\\\|\\u009c)`;
/** Control sequences: colours, cursor, modes. */
const SEQUENCES = `(?:${ESC}\\[|\\u009b)[0-?]*[ -/]*[@-~]`;
/** Two- and three-byte escapes: reset, character sets. */
const ESCAPES = `${ESC}[ -/]*[0-~]`;

const obeyed = new RegExp(`${COMMANDS}|${SEQUENCES}|${ESCAPES}`, 'gu');

/**
 * Foreign text without anything a terminal would obey or that would deceive its reader. New lines and tabs stay.
 * Text is the same for a second pass.
 */
export function safeText(text: string): string {
	const lines = text.toWellFormed().replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n');
	return visibleText(lines.replace(obeyed, ''));
}
