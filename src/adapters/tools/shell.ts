import { BotError, messageOf } from '../../core/errors.ts';
import type { CallOptions, ToolResult, Toolset } from '../../core/tool.ts';
import { createBackgroundShells } from './shell/background-shells.ts';
import { createShellActions, type ShellActions } from './shell/shell-actions.ts';
import type { ShellPlace } from './shell/shell-process.ts';
import { type ShellToolName, shellInputs, shellTools } from './shell/shell-tools.ts';

export interface ShellOptions extends ShellPlace {
	/** A sentence for a person: why there are no commands. */
	report(text: string): void;
}

/** Commands in containers, for one agent in one run. */
export function createShell(options: ShellOptions): Toolset {
	const { sandbox, folder, settings } = options;
	const inputs = shellInputs(settings.longestMs);
	const background = createBackgroundShells();
	const life = new AbortController();
	/** Null before the first turn, and where there can be no commands. */
	let image: string | null = null;
	const imageNow = async () => {
		if (image === null) throw new BotError('sandbox_failed', 'There are no commands here.');
		return image;
	};
	const actions = createShellActions(options, imageNow, background, life.signal);

	const usableImage = async (): Promise<string | null> => {
		const problem = await sandbox.problem();
		if (problem === null) return settings.image ?? sandbox.image('toolchain');
		options.report(problem);
		return null;
	};

	return {
		async tools(turn) {
			image = await usableImage();
			if (image === null) return [];
			folder.open(turn);
			return shellTools(inputs, settings, image);
		},
		async call(name, input, { signal }: CallOptions) {
			if (!isTool(actions, name)) return failed(`There is no tool ${name} here.`);
			if (life.signal.aborted) return failed('The agent is done; nothing more is run for it.');
			const parsed = inputs[name].safeParse(input);
			if (!parsed.success) return failed(complaint(parsed.error.issues));
			try {
				// The input is of this very tool.
				return await (actions[name] as (input: unknown, signal: AbortSignal) => Promise<ToolResult>)(
					parsed.data,
					signal,
				);
			} catch (error) {
				if (signal.aborted) throw error;
				return failed(messageOf(error));
			}
		},
		async close() {
			life.abort(new Error('the agent is done'));
			await background.close();
		},
	};
}

const isTool = (actions: ShellActions, name: string): name is ShellToolName => Object.hasOwn(actions, name);

const failed = (text: string): ToolResult => ({ text, isError: true });

function complaint(issues: readonly { path: readonly PropertyKey[]; message: string }[]): string {
	const parts = issues.map(
		({ path, message }) => `${path.length === 0 ? 'the arguments' : path.join('.')}: ${message}`,
	);
	return `The arguments are not right: ${parts.join('; ')}.`;
}
