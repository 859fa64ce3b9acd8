import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Tool, ToolEffects } from '../../../core/tool.ts';

const SOURCE = 'workspace';

const path = z.string().min(1).max(4_096);
const somewhere = path.describe('A path; a relative one starts in your own folder.');
const project = path.describe('The project folder, such as /workspace/context/site.');
const only = z
	.array(path)
	.max(1_000)
	.optional()
	.describe('Only these files of it, relative to the folder. Default: all.');
const folder = path.default('.').describe('Where to look; by default your own folder.');

/** What models are offered, and what their arguments are checked against. */
const definitions = {
	list_files: {
		title: 'List files',
		effects: 'none',
		description: 'Lists what is in a folder, with sizes in bytes. /workspace lists all folders that you can see.',
		input: z.strictObject({
			path: folder,
			depth: z.number().int().min(1).max(20).default(1).describe('1: only what is in the folder itself.'),
		}),
	},
	read_file: {
		title: 'Read a file',
		effects: 'none',
		description: 'Reads a text file, or some of its lines.',
		input: z.strictObject({
			path: somewhere,
			from: z.number().int().min(1).default(1).describe('First line.'),
			lines: z.number().int().min(1).max(5_000).default(1_000).describe('At most so many lines.'),
		}),
	},
	write_file: {
		title: 'Write a file',
		effects: 'workspace',
		description: 'Writes a whole text file, with the folders it needs. What is there is replaced.',
		input: z.strictObject({ path: somewhere, content: z.string().max(4 * 2 ** 20) }),
	},
	edit_file: {
		title: 'Edit a file',
		effects: 'workspace',
		description:
			'Replaces a piece of a text file. `old_text` must be there exactly as written, and only once unless `all` is set.',
		input: z.strictObject({
			path: somewhere,
			old_text: z.string().min(1),
			new_text: z.string(),
			all: z.boolean().default(false).describe('Replace every occurrence.'),
		}),
	},
	make_folder: {
		title: 'Make a folder',
		effects: 'workspace',
		description: 'Makes a folder and those above it. One that is there already is fine.',
		input: z.strictObject({ path: somewhere }),
	},
	move_file: {
		title: 'Move a file',
		effects: 'workspace',
		description: 'Moves or renames a file or a folder. Nothing may be at the target.',
		input: z.strictObject({ from: somewhere, to: somewhere }),
	},
	copy_file: {
		title: 'Copy a file',
		effects: 'workspace',
		description: 'Copies a file or a folder, also from a folder that you may only read. Nothing may be at the target.',
		input: z.strictObject({ from: somewhere, to: somewhere }),
	},
	delete_file: {
		title: 'Delete a file',
		effects: 'workspace',
		description: 'Deletes a file or a folder. Files that you have neither made nor read must be read first.',
		input: z.strictObject({ path: somewhere }),
	},
	find_files: {
		title: 'Find files',
		effects: 'none',
		description: 'Finds files by name, such as `*.ts` or `src/**/test_*.py`.',
		input: z.strictObject({ pattern: z.string().min(1).max(500), path: folder }),
	},
	search_text: {
		title: 'Search text',
		effects: 'none',
		description: 'Finds lines in text files by a regular expression, with their files and numbers.',
		input: z.strictObject({
			pattern: z.string().min(1).max(1_000).describe('A regular expression as ripgrep knows them.'),
			path: folder,
			files: z.string().max(500).optional().describe('Only in files with such names, as `*.ts`.'),
			ignore_case: z.boolean().default(false),
		}),
	},
	show_changes: {
		title: 'Show changes of a project',
		effects: 'none',
		description: 'Shows as a unified diff what you have changed in a project folder.',
		input: z.strictObject({ folder: project, paths: only }),
	},
	apply_changes: {
		title: 'Write changes to the project',
		effects: 'irreversible',
		description:
			'Writes what you have changed in a project folder back to the real project, outside of the container. A person may be asked first, who sees `diff`: it must be exactly what show_changes shows for the same arguments.',
		input: z.strictObject({ folder: project, paths: only, diff: z.string().min(1) }),
	},
} as const satisfies Record<string, { title: string; effects: ToolEffects; description: string; input: z.ZodType }>;

export type FileTool = keyof typeof definitions;
export type InputOf<Name extends FileTool> = z.output<(typeof definitions)[Name]['input']>;

export const isFileTool = (name: string): name is FileTool => Object.hasOwn(definitions, name);

/** The arguments of a call with what was left out filled in, or what is wrong with them. */
export function checkInput<Name extends FileTool>(name: Name, input: unknown): InputOf<Name> | { problem: string } {
	const checked = definitions[name].input.safeParse(input);
	if (checked.success) return checked.data as InputOf<Name>;
	return { problem: z.prettifyError(checked.error) };
}

const OF_PROJECTS: readonly string[] = ['show_changes', 'apply_changes'];
const REPEATABLE: readonly string[] = ['write_file', 'make_folder', 'apply_changes'];

/** `projects`: folders that other people have written: `none`, only to `read`, or to `write` too. */
export function fileTools(projects: 'none' | 'read' | 'write'): Tool[] {
	const offered = Object.entries(definitions).filter(([name]) => projects === 'write' || !OF_PROJECTS.includes(name));
	return offered.map(([name, { title, effects, description, input }]) => {
		const { $schema: _, ...parameters } = z.toJSONSchema(input, { io: 'input' });
		const idempotent = effects === 'none' || REPEATABLE.includes(name);
		const openWorld = projects !== 'none' && effects === 'none';
		const shown = { name, description, parameters, effects, idempotent, openWorld };
		const fingerprint = createHash('sha256')
			.update(JSON.stringify([SOURCE, shown]))
			.digest('hex');
		return { ...shown, source: SOURCE, fingerprint, label: `files · ${title}` };
	});
}
