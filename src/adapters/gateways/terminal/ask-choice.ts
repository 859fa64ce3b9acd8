import type { MessageOf } from '../../../core/gateway.ts';
import { choiceLines } from './choice-lines.ts';
import { oneLine } from './fit-text.ts';
import type { LineReader } from './line-reader.ts';
import type { Page } from './page.ts';

export interface ChoiceAsked {
	candidates: readonly string[];
	slots: readonly MessageOf<'slot'>[];
	page: Page;
	reader: LineReader;
	print(lines: readonly string[]): void;
	/** Aborts when the choice is no longer open. */
	signal: AbortSignal;
}

/** Puts a tie to the person at the keyboard until there is a valid number; null when there will be none. */
export async function askChoice({
	candidates,
	slots,
	page,
	reader,
	print,
	signal,
}: ChoiceAsked): Promise<string | null> {
	const { say } = page;
	print([...choiceLines(candidates, slots, page), '']);
	for (;;) {
		const line = await reader.read(` ${say('choice.prompt', { count: candidates.length })}`, signal);
		if (line === null) return null;
		const typed = oneLine(line).trim();
		const chosen = candidates[Number(typed) - 1] ?? candidates.find((agent) => agent === typed);
		if (chosen !== undefined) return chosen;
		print([` ${say('choice.invalid', { count: candidates.length })}`]);
	}
}
