import { escapeUnseen } from './escape-unseen.ts';

/**
 * JSON over several lines, for reading and editing. Text that is no JSON stays as it is, and so does JSON that a browser
 * would not write the same way again: with a number that it does not know exactly, with keys that it sorts otherwise.
 */
export function spacedJson(text: string): string {
	try {
		const value: unknown = JSON.parse(text);
		return JSON.stringify(value) === text ? JSON.stringify(value, null, 2) : text;
	} catch {
		return text;
	}
}

/** The same, with what is unseen as escapes, so that somebody who edits it sees all of it. */
export const editableJson = (text: string): string => escapeUnseen(spacedJson(text));

/** Why a text is no JSON, in the browser's words; null: it is. */
export function jsonFault(text: string): string | null {
	try {
		JSON.parse(text);
		return null;
	} catch (thrown) {
		return thrown instanceof Error ? thrown.message : String(thrown);
	}
}
