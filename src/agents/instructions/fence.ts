import { hash } from 'node:crypto';

/**
 * Wraps text that others wrote in tags with a mark that occurs in none of it, so that no text can close
 * its own block or open another's.
 */
export interface Fence {
	readonly mark: string;
	block(tag: string, text: string, attributes?: string): string;
}

/** Nine digits: three tokens, and more values than any prompt could list. */
const MARKS = 1_000_000_000;

/** The mark is a pure function of `seed` and `texts`, so an interrupted turn is composed the same way again. */
export function createFence(seed: string, texts: readonly string[]): Fence {
	let salt = 0;
	let mark = markOf(seed, salt);
	while (texts.some((text) => text.includes(mark))) {
		salt += 1;
		mark = markOf(seed, salt);
	}
	return {
		mark,
		block: (tag, text, attributes = '') =>
			`<${tag}-${mark}${attributes === '' ? '' : ` ${attributes}`}>\n${text}\n</${tag}-${mark}>`,
	};
}

function markOf(seed: string, salt: number): string {
	const digest = hash('sha256', `${salt}\n${seed}`, 'buffer');
	return String(digest.readUIntBE(0, 6) % MARKS).padStart(9, '0');
}
