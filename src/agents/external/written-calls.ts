/** A call that was made in writing. `arguments` is JSON text, or what is left of it. */
export interface WrittenCall {
	name: string;
	arguments: string;
}

const START = /\{\s*"call"\s*:\s*"([^"\\]{1,100})"/g;

/** The calls in a reply by the form of `instructions/spoken-calls.ts`, and the text before the first of them. */
export function writtenCalls(text: string, names: ReadonlySet<string>): { said: string; calls: WrittenCall[] } {
	const calls: WrittenCall[] = [];
	let said = text;
	let end = 0;
	for (const match of text.matchAll(START)) {
		const name = match[1] ?? '';
		if (match.index < end || !names.has(name)) continue;
		if (calls.length === 0) said = text.slice(0, match.index).replace(/```(?:json)?\s*$/, '');
		end = endOfObject(text, match.index);
		calls.push({ name, arguments: argumentsOf(text.slice(match.index, end)) });
	}
	return { said: said.trimEnd(), calls };
}

/** What is not JSON stays as it is: it will be refused, with a word on why. */
function argumentsOf(written: string): string {
	try {
		const parsed: unknown = JSON.parse(written);
		const input = typeof parsed === 'object' && parsed !== null && 'arguments' in parsed ? parsed.arguments : {};
		return JSON.stringify(input);
	} catch {
		return written;
	}
}

/** Where the object that begins at `from` ends; the end of the text when it does not. */
function endOfObject(text: string, from: number): number {
	let depth = 0;
	let isQuoted = false;
	for (let at = from; at < text.length; at += 1) {
		const sign = text[at];
		if (isQuoted && sign === '\\') at += 1;
		else if (sign === '"') isQuoted = !isQuoted;
		else if (!isQuoted && sign === '{') depth += 1;
		else if (!isQuoted && sign === '}') depth -= 1;
		if (depth === 0) return at + 1;
	}
	return text.length;
}
