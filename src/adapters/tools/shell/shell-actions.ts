import type { z } from 'zod';
import type { SandboxProcess } from '../../../core/sandbox.ts';
import type { ToolResult } from '../../../core/tool.ts';
import type { BackgroundShell, BackgroundShells } from './background-shells.ts';
import { refusalOf } from './command-rules.ts';
import { createKeptOutput, fitted } from './kept-output.ts';
import { createQueue } from './queue.ts';
import { endingOf, type Line, type ShellPlace, startLine, watched } from './shell-process.ts';
import {
	BACKGROUND_LIMIT,
	BACKGROUND_MS,
	BACKGROUND_OUTPUT,
	COMMAND_OUTPUT,
	SHOWN_BYTES,
	type ShellInputs,
	type ShellToolName,
} from './shell-tools.ts';

/** Commands of one agent that run at a time; further ones wait. */
const AT_ONCE = 4;
/** Characters of a command in a list. */
const FIRST_WORDS = 60;

/** What each tool does with checked arguments. Rejects with the signal's reason, or `sandbox_failed`. */
export type ShellActions = {
	[Name in ShellToolName]: (input: z.infer<ShellInputs[Name]>, signal: AbortSignal) => Promise<ToolResult>;
};

/** `image` is read at each start. `life` aborts when the agent is done; background shells end with it. */
export function createShellActions(
	place: ShellPlace,
	image: () => Promise<string>,
	background: BackgroundShells,
	life: AbortSignal,
): ShellActions {
	const { settings, folder } = place;
	const queue = createQueue(AT_ONCE);
	const backgroundLimits = { ...settings.limits, wallMs: BACKGROUND_MS, outputBytes: BACKGROUND_OUTPUT };

	const start = async (line: Line, signal: AbortSignal): Promise<SandboxProcess> =>
		startLine(place, await image(), line, signal);

	const allowed = async (command: string, run: () => Promise<ToolResult>): Promise<ToolResult> => {
		const refusal = refusalOf(command, settings);
		return refusal === null ? run() : failed(refusal);
	};

	const execute = async (line: Line, signal: AbortSignal): Promise<ToolResult> => {
		const process = await start(line, signal);
		const output = createKeptOutput(SHOWN_BYTES, SHOWN_BYTES);
		const exit = await watched(process, output.push);
		signal.throwIfAborted();
		await folder.settled();
		const text = `[${endingOf(exit, { ...settings.limits, ...line.limits })}]\n${orNothing(output.take())}`;
		return { text, isError: exit.code !== 0 || exit.killed !== null };
	};

	const begin = async (command: string, workDir: string): Promise<ToolResult> => {
		const line = { command, workDir, limits: backgroundLimits };
		const id = await background.begin(command, () => start(line, life));
		if (id !== null) return told(`Started as ${id}.`);
		const known = background.ids().join(', ');
		return failed(`${BACKGROUND_LIMIT} background shells are running already; kill one of them first: ${known}.`);
	};

	const stateOf = (id: string, { exit }: BackgroundShell) =>
		`${id}: ${exit === null ? 'running' : endingOf(exit, backgroundLimits)}`;

	const withShell = async (id: string, act: (shell: BackgroundShell) => Promise<string> | string) => {
		const shell = background.find(id);
		if (shell !== null) return told(await act(shell));
		return failed(`There is no background shell ${id}. Known: ${background.ids().join(', ') || 'none'}.`);
	};

	return {
		execute_command: ({ command, timeout, work_dir: workDir }, signal) =>
			allowed(command, () => {
				const line = { command, workDir, limits: { wallMs: timeout * 1000, outputBytes: COMMAND_OUTPUT } };
				return queue.wait(() => execute(line, signal), signal);
			}),
		start_background_shell: ({ command, work_dir: workDir }) => allowed(command, () => begin(command, workDir)),
		get_background_shell_output: ({ shell_id: id, filter }) =>
			withShell(id, async (shell) => {
				// What it has told of is there.
				await folder.settled();
				const state = stateOf(id, shell);
				return `[${state}]\n${orNothing(fitted(linesWith(shell.output.take(), filter), SHOWN_BYTES))}`;
			}),
		get_background_shell_status: ({ shell_id: id }) => withShell(id, (shell) => stateOf(id, shell)),
		kill_background_shell: ({ shell_id: id }) =>
			withShell(id, async (shell) => {
				await background.kill(shell);
				await folder.settled();
				return stateOf(id, shell);
			}),
		async list_background_shells() {
			const lines = background.ids().flatMap((id) => {
				const shell = background.find(id);
				return shell === null ? [] : [`${stateOf(id, shell)} · ${firstWords(shell.command)}`];
			});
			return told(lines.length === 0 ? 'There are none.' : lines.join('\n'));
		},
	};
}

const told = (text: string): ToolResult => ({ text, isError: false });
const failed = (text: string): ToolResult => ({ text, isError: true });

const orNothing = (output: string) => (output === '' ? '(nothing was written)' : output);

function linesWith(text: string, filter: string | undefined): string {
	if (filter === undefined) return text;
	const wanted = filter.toLowerCase();
	return text
		.split('\n')
		.filter((line) => line.toLowerCase().includes(wanted))
		.join('\n');
}

function firstWords(command: string): string {
	const line = command.replace(/\s+/g, ' ').trim();
	return line.length > FIRST_WORDS ? `${line.slice(0, FIRST_WORDS - 1)}…` : line;
}
