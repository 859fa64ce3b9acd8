import { createHash } from 'node:crypto';

/** Lines that may differ before a file is shown as replaced: the search for the shortest difference has no other end. */
const LONGEST_EDIT = 5_000;

/** One side of a changed file; null: it is not there. */
export type Side = { content: Uint8Array; executable: boolean } | null;

/** A unified diff of one file. The same two sides always give the same text, which therefore stands for them. */
export async function fileDiff(path: string, before: Side, after: Side): Promise<string> {
	const { createTwoFilesPatch } = await import('diff');
	const [from, to] = [before === null ? '/dev/null' : `a/${path}`, after === null ? '/dev/null' : `b/${path}`];
	const notes = before !== null && after !== null && before.executable !== after.executable ? [modeOf(after)] : [];
	if (before === null && after?.executable) notes.push(modeOf(after));
	const [old, fresh] = [textOf(before), textOf(after)];
	const patch =
		old === null || fresh === null
			? undefined
			: createTwoFilesPatch(from, to, old, fresh, undefined, undefined, { maxEditLength: LONGEST_EDIT });
	const shown = patch ?? `--- ${from}\n+++ ${to}\nThe whole file: ${named(before)} became ${named(after)}.\n`;
	return [...notes, shown.replace(/^=+\n/, '')].join('\n');
}

const modeOf = ({ executable }: { executable: boolean }) => (executable ? 'Made executable:' : 'No longer executable:');

function named(side: Side): string {
	if (side === null) return 'nothing';
	return `${side.content.length} bytes (sha256 ${createHash('sha256').update(side.content).digest('hex')})`;
}

/** Null when it is no text. */
function textOf(side: Side): string | null {
	if (side === null) return '';
	if (side.content.includes(0)) return null;
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(side.content);
	} catch {
		return null;
	}
}
