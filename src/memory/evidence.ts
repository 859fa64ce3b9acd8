import { visibleText } from '../core/foreign-text.ts';
import { MAX_MEMORY } from '../core/memory.ts';
import type { JournalEntry } from '../core/run.ts';

/** Results of one run that are kept, the last ones. */
const MOST = 5;
/** Shorter results say too little by themselves. */
const LEAST_LENGTH = 20;
const FENCED = /^<result-\d+[^>\n]*>\n([\s\S]*)\n<\/result-\d+>$/;
/**
 * What the winner of a run had found out by tools, as its journal tells it, newest last: the beginnings of its results,
 * with the tool they are of and without who had asked for them.
 */
export function evidenceOf(entries: readonly JournalEntry[], winner: string): string[] {
	const found: string[] = [];
	for (const entry of entries) {
		if (entry.type !== 'saved' || entry.agent !== winner) continue;
		for (const message of entry.messages) {
			if (message.role !== 'tool' || message.isError) continue;
			const result = FENCED.exec(message.text)?.[1];
			const text = result === undefined ? '' : visibleText(result).replace(/\s+/g, ' ').trim();
			if (text.length >= LEAST_LENGTH) found.push(`${message.name}: ${text}`.slice(0, MAX_MEMORY));
		}
	}
	return [...new Set(found)].slice(-MOST);
}

/** Whether a run had read what anyone may have written: files, or results of tools that bring such things. */
export function isTainted(entries: readonly JournalEntry[]): boolean {
	return entries.some((entry) => {
		if (entry.type === 'opened') return entry.input.attachments.length > 0 || entry.input.hasForeignMemories;
		return entry.type === 'saved' && (entry.begins ?? []).some(({ taints }) => taints);
	});
}
