import { createMarkdownLines, type MarkdownLine } from '../shared/markdown-lines.ts';
import { splitMarkdown } from '../shared/split-markdown.ts';
import { visibleText } from '../shared/visible-text.ts';
import { harmlessCode, harmlessLine } from './harmless-line.ts';
import { LIMITS } from './limits.ts';

const opening = /^([ \t]*)(?:`{3,}|~{3,})[ \t]*([^\n]*)/;
const language = /^[a-z0-9_+.#-]{1,30}$/i;
/** What a block of code that would be empty is filled with: Discord takes two fences in a row for the first one's text. */
const FILLING = ' \n';

/**
 * Foreign Markdown as Discord shall show it: nothing in it mentions, hides where a link leads, or looks like the lines
 * of this bot, which are its large headings (`#`, `##`) and its small print (`-#`). Fences are written the one way that
 * Discord knows, and end where they seem to end. `headings`: as they are, at most `###`, or as bold lines.
 */
export function harmlessMarkdown(text: string, headings: 'large' | 'bold' = 'large'): string {
	return byLine(visibleText(text), ({ type }, line) => {
		if (type === 'open') return openingLine(line);
		if (type === 'close') return `${/^[ \t]*/.exec(line)?.[0]}\`\`\`${line.endsWith('\n') ? '\n' : ''}`;
		return type === 'code' ? harmlessCode(line) : harmlessLine(ordinaryLine(line, headings));
	});
}

/** The parts of a harmless text: each of at most `limit` characters, its fences closed and none of them empty. */
export const partsOf = (harmless: string, limit: number): readonly string[] =>
	splitMarkdown(harmless, limit - 2 * FILLING.length).map((part) => byLine(part, (_, line) => line));

/** Rewrites a text line by line; a block of code that shows nothing gets something to show. */
function byLine(text: string, rewrite: (line: MarkdownLine, text: string) => string): string {
	const lines = createMarkdownLines(text, LIMITS.content);
	let written = '';
	let isEmpty = false;
	for (let at = 0, fence: MarkdownLine['after'] = null; at < text.length; ) {
		const line = lines.lineAt(at, fence);
		const whole = text.slice(at, line.end);
		if (line.type === 'close' && isEmpty) written += FILLING;
		if (line.type === 'open') isEmpty = true;
		if (line.type === 'code' && /[^\n]/.test(whole)) isEmpty = false;
		written += rewrite(line, whole);
		at = line.end;
		fence = line.after;
	}
	return written;
}

function openingLine(line: string): string {
	const [, indent = '', info = ''] = opening.exec(line) ?? [];
	const [name = ''] = info.trim().split(/\s/, 1);
	return `${indent}\`\`\`${language.test(name) ? name : ''}${line.endsWith('\n') ? '\n' : ''}`;
}

const heading = /^(\s*(?:(?:>|[-*+]|\d{1,9}[.)])\s+)*)#{1,6}[ \t]+(\S.*?)[ \t#]*(\n?)$/;
const largeHeading = /^(\s*(?:(?:>|[-*+]|\d{1,9}[.)])\s+)*)#{1,2}(?=[ \t])/;

/** No heading as large as ours, and no quotation that takes in everything after it. */
function ordinaryLine(line: string, headings: 'large' | 'bold'): string {
	const quoted = line.replace(/^([\s>]*?)>>>(?=\s)/, '$1>');
	if (headings === 'large') return quoted.replace(largeHeading, '$1###');
	const bold = (_: string, before: string, text: string, end: string) =>
		`${before}**${text.replaceAll('*', '')}**${end}`;
	return quoted.replace(heading, bold);
}
