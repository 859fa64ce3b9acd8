import type { Notes } from '../../../core/abilities.ts';

export function notesSection(notes: Notes): string {
	const lines = [
		'You keep notes in files. Save facts about the user, decisions, findings and ways of working that will matter again; leave out the rest.',
	];
	for (const note of notes.short) lines.push(`- ${note.name}: ${note.text.replace(/\s+/g, ' ').trim()}`);
	if (notes.long.length > 0) lines.push(`Longer notes, to be read when needed: ${notes.long.join(', ')}`);
	return lines.join('\n');
}
