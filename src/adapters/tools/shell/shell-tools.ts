import { createHash } from 'node:crypto';
import { z } from 'zod';
import { OWN_FOLDER } from '../../../core/agent-folder.ts';
import type { ShellSettings } from '../../../core/shell-settings.ts';
import type { Tool, ToolEffects } from '../../../core/tool.ts';

/** Seconds that a command gets when it does not say. */
const DEFAULT_SECONDS = 60;
/** Characters of a line of bash; the system takes 131,072 bytes as one argument. */
const LONGEST_LINE = 32_000;
/** Background shells of one agent at a time. */
export const BACKGROUND_LIMIT = 5;
/** Milliseconds that one may run: as long as a sandbox lives at all. */
export const BACKGROUND_MS = 24 * 3_600_000;
/** Bytes that a line may write before it is killed: a command, a background shell. */
export const COMMAND_OUTPUT = 64 * 2 ** 20;
export const BACKGROUND_OUTPUT = 1024 * 2 ** 20;
/** Bytes of one result that a model is given: of its beginning, and as many of its end. */
export const SHOWN_BYTES = 12 * 1024;
/** Bytes of a background shell that nobody has asked for yet, and that are kept. */
export const UNREAD_BYTES = 256 * 1024;

const line = z
	.string()
	.min(1)
	.max(LONGEST_LINE)
	.refine((text) => !text.includes('\0'), 'no NUL character')
	.describe('A line of bash, or several.');
const workDir = z
	.string()
	.min(1)
	.max(1_000)
	.refine((text) => !text.includes('\0'), 'no NUL character')
	.default('.')
	.describe(`Folder to start in, relative to ${OWN_FOLDER} or absolute.`);
const shellId = z.string().min(1).max(40).describe('As start_background_shell gave it.');

/** What the tools of commands take. `longestMs` bounds a command's timeout. */
export function shellInputs(longestMs: number) {
	const longest = longestMs / 1000;
	return {
		execute_command: z.object({
			command: line,
			timeout: z
				.number()
				.positive()
				.max(longest)
				.default(Math.min(DEFAULT_SECONDS, longest))
				.describe('Seconds until it is killed.'),
			work_dir: workDir,
		}),
		start_background_shell: z.object({ command: line, work_dir: workDir }),
		get_background_shell_output: z.object({
			shell_id: shellId,
			filter: z.string().min(1).max(200).optional().describe('Only lines with this text in them, in any case.'),
		}),
		get_background_shell_status: z.object({ shell_id: shellId }),
		kill_background_shell: z.object({ shell_id: shellId }),
		list_background_shells: z.object({}),
	};
}

export type ShellInputs = ReturnType<typeof shellInputs>;
export type ShellToolName = keyof ShellInputs;

/** The same for every agent; what a line can reach and how long it may take is added. */
const DESCRIPTIONS: Readonly<Record<ShellToolName, string>> = {
	execute_command: `Runs bash in a container of its own, without input, and gives back its exit code and output. ${OWN_FOLDER} stays; everything else, /tmp and processes left running included, is gone afterwards.`,
	start_background_shell: `Starts bash in a container of its own and goes on while it runs, at most until you have finished for good. At most ${BACKGROUND_LIMIT} at a time.`,
	get_background_shell_output: 'What a background shell has written since you last asked.',
	get_background_shell_status: 'Whether a background shell runs, or how it ended.',
	kill_background_shell: 'Ends a background shell and everything it started.',
	list_background_shells: 'Your background shells and how they stand.',
};
const LABELS: Readonly<Record<ShellToolName, string>> = {
	execute_command: 'shell · command',
	start_background_shell: 'shell · start in background',
	get_background_shell_output: 'shell · read output',
	get_background_shell_status: 'shell · status',
	kill_background_shell: 'shell · kill',
	list_background_shells: 'shell · list',
};
const STARTS: readonly ShellToolName[] = ['execute_command', 'start_background_shell'];

/** The tools of commands as a model is offered them, in this image and with these settings. */
export function shellTools(inputs: ShellInputs, settings: ShellSettings, image: string): Tool[] {
	const names = Object.keys(inputs) as ShellToolName[];
	return names.map((name) => {
		const starts = STARTS.includes(name);
		const reach = settings.egress.length === 0 ? 'No network.' : `Network: only ${settings.egress.join(', ')}.`;
		const description = starts ? `${DESCRIPTIONS[name]} ${reach}` : DESCRIPTIONS[name];
		const { $schema: _, ...parameters } = z.toJSONSchema(inputs[name], { io: 'input' });
		const shape = { name, description, parameters };
		return {
			...shape,
			effects: effectsOf(name, settings),
			idempotent: !starts && name !== 'get_background_shell_output',
			// What it writes may come from wherever it could reach.
			openWorld: settings.egress.length > 0,
			source: 'shell',
			fingerprint: createHash('sha256')
				.update(JSON.stringify([shape, image, settings]))
				.digest('hex'),
			label: LABELS[name],
		};
	});
}

function effectsOf(name: ShellToolName, { egress }: ShellSettings): ToolEffects {
	if (STARTS.includes(name)) return egress.length === 0 ? 'workspace' : 'external';
	return name === 'kill_background_shell' ? 'workspace' : 'none';
}
