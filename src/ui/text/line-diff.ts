export interface DiffLine {
	sign: ' ' | '-' | '+';
	text: string;
}

/** Largest table that is filled to find what two texts have in common, in cells. */
const MAX_CELLS = 1_000_000;

/**
 * What became of a text, line by line: kept, taken away, added. The shortest such list, unless the texts are so long
 * that the middle, where they differ, is shown as wholly replaced.
 */
export function lineDiff(before: string, after: string): readonly DiffLine[] {
	const [old, now] = [before.split('\n'), after.split('\n')];
	let head = 0;
	while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
	let tail = 0;
	while (tail < Math.min(old.length, now.length) - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
	const gone = old.slice(head, old.length - tail);
	const come = now.slice(head, now.length - tail);
	return [
		...signed(' ', old.slice(0, head)),
		...(gone.length * come.length > MAX_CELLS ? [...signed('-', gone), ...signed('+', come)] : middle(gone, come)),
		...signed(' ', old.slice(old.length - tail)),
	];
}

const signed = (sign: DiffLine['sign'], lines: readonly string[]): DiffLine[] => lines.map((text) => ({ sign, text }));

function middle(gone: readonly string[], come: readonly string[]): DiffLine[] {
	const width = come.length + 1;
	/** Longest common part of what follows a place in each. */
	const common = new Uint32Array((gone.length + 1) * width);
	const at = (i: number, j: number) => common[i * width + j] ?? 0;
	for (let i = gone.length - 1; i >= 0; i -= 1) {
		for (let j = come.length - 1; j >= 0; j -= 1) {
			common[i * width + j] = gone[i] === come[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
		}
	}
	const lines: DiffLine[] = [];
	let [i, j] = [0, 0];
	while (i < gone.length || j < come.length) {
		const [old, now] = [gone[i], come[j]];
		if (old !== undefined && old === now) {
			lines.push({ sign: ' ', text: old });
			i += 1;
			j += 1;
		} else if (old !== undefined && (now === undefined || at(i + 1, j) >= at(i, j + 1))) {
			lines.push({ sign: '-', text: old });
			i += 1;
		} else if (now !== undefined) {
			lines.push({ sign: '+', text: now });
			j += 1;
		}
	}
	return lines;
}
