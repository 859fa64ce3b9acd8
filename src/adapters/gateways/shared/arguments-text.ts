/** What a reader does not see, or takes for an ordinary space: controls, bidi marks, zero-width and blank characters. */
const UNSEEN = /(?![ \n])[\p{C}\p{Z}\p{DI}\u2800]/gu;
/** What a platform could take for a mention, a token of its own or the end of a block of code. */
const LIVE = /<(?=[@#!/:]|(?:t|a|id):)|@(?=everyone|here|channel)|`{3,}/gi;

/**
 * The arguments of a call (JSON) as a person judges and edits them: indented, and with what is not seen or might be
 * live written as JSON escapes, such as `\u202e`. It means exactly the same: who reads it as JSON gets the same value.
 */
export function argumentsText(json: string): string {
	return withEscapes(indented(json));
}

const withEscapes = (json: string): string => json.replace(UNSEEN, escapedUnits).replace(LIVE, escapedUnits);

/** The same for a form that takes `most` characters, without the indentation if that helps; `fits`: it is short enough. */
export function formArguments(json: string, most: number): { text: string; fits: boolean } {
	const text = argumentsText(json);
	const short = text.length <= most ? text : withEscapes(json);
	return { text: short, fits: short.length <= most };
}

/** Unchanged when another spelling could lose something. */
function indented(json: string): string {
	try {
		const value: unknown = JSON.parse(json);
		return JSON.stringify(value) === json ? JSON.stringify(value, null, 2) : json;
	} catch {
		return json;
	}
}

const escapedUnits = (found: string): string =>
	found
		.split('')
		.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
		.join('');

/** What has changed between two texts, by lines: `-` was there, `+` is there now; what is around it is left out. */
export function differenceText(before: string, after: string): string {
	const [old, now] = [before.split('\n'), after.split('\n')];
	const most = Math.min(old.length, now.length);
	let start = 0;
	while (start < most && old[start] === now[start]) start += 1;
	let end = 0;
	while (end < most - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
	const lines = (text: readonly string[], sign: string) =>
		text.slice(start, text.length - end).map((line) => `${sign} ${line}`);
	return [...lines(old, '-'), ...lines(now, '+')].join('\n');
}
