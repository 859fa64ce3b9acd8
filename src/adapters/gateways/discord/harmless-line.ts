/** A backslash, unless what follows is a letter, takes the meaning from one sign. */
const escaped = /\\[^0-9A-Za-z\s]/y;
/** As Discord reads a code span: shortest first, and never followed by one more backtick. */
const span = /(`+)([^\n]{0,2000}?[^`\n])\1(?!`)/y;
const ticks = /`+/y;
const maskedLink =
	/\[((?:\\.|[^\]\\\n]){0,200})\]\(\s*<?(https?:\/\/(?:[^\s()<>]|\([^\s()<>]*\)){1,2000})>?(?:\s+"[^"\n]*")?\s*\)/iy;
/** Mentions of people, roles, channels and commands, custom emoji and times. */
const token = /<(?=[@#/:]|(?:t|a|id):)/iy;
const everybody = /@(?=everyone|here)/iy;
const small = /-#(?=\s)/y;
const plain = /[^\\`<@\-[\]]+/y;

const mention = /<(?=(?:@[!&]?|#)\d|\/[^>\n]{1,100}:\d|t:-?\d|a?:\w+:\d|id:\w)/gi;

/**
 * Code, made harmless: Discord does not read lines as Markdown does, so that foreign text can make it take code for
 * text. A mention in code gets a space, which shows; a fence in code gets signs that look like backticks.
 */
export const harmlessCode = (code: string): string =>
	code
		.replace(/`{3,}/g, (run) => 'ˋ'.repeat(run.length))
		.replace(mention, '< ')
		.replace(/^([ \t>]*)-#(?=[ \t])/gm, '$1- #');

/** A line of foreign Markdown outside of fences that mentions nobody, hides no address and opens no fence. */
export function harmlessLine(line: string): string {
	let shown = '';
	for (let at = 0; at < line.length; ) {
		const [length, text] = pieceAt(line, at);
		shown += text;
		at += length;
	}
	return shown;
}

function pieceAt(line: string, at: number): readonly [number, string] {
	const found = (pattern: RegExp) => {
		pattern.lastIndex = at;
		return pattern.exec(line);
	};
	const copied = found(plain) ?? found(escaped);
	if (copied !== null) return [copied[0].length, copied[0]];
	const run = found(ticks);
	if (run !== null) return tickPiece(run[0], run[0].length > 2 ? null : found(span));
	const link = found(maskedLink);
	if (link !== null) return [link[0].length, linkText(link[1] ?? '', link[2] ?? '')];
	const sign = line[at] ?? '';
	const isFirst = at === 0 || /[\s>]/.test(line[at - 1] ?? '');
	const isLive = found(token) ?? found(everybody) ?? (isFirst ? found(small) : null);
	const opensLink = sign === ']' && line[at + 1] === '(';
	if (opensLink) return [2, ']\\('];
	return [1, isLive === null ? sign : `\\${sign}`];
}

/** Backticks that enclose nothing on their line are signs like others: else they would swallow what follows. */
function tickPiece(run: string, code: RegExpExecArray | null): readonly [number, string] {
	if (code === null) return [run.length, '\\`'.repeat(run.length)];
	return [code[0].length, `${code[1]}${harmlessCode(code[2] ?? '')}${code[1]}`];
}

/** Where a link leads stands behind it. */
function linkText(label: string, address: string): string {
	const host = /^https?:\/\/(?:[^/?#]*@)?([^/?#:]+)/i.exec(address)?.[1] ?? '';
	return `[${harmlessLine(label)}](<${address}>) (${host.toLowerCase()})`;
}
