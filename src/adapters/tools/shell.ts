import { BotError, messageOf } from '../../core/errors.ts';
import type { CallOptions, ToolResult, Toolset } from '../../core/tool.ts';
import { createBackgroundShells } from './shell/background-shells.ts';
import { createShellActions, type ShellActions } from './shell/shell-actions.ts';
import type { ShellPlace } from './shell/shell-process.ts';
import { type ShellToolName, shellInputs, shellTools } from './shell/shell-tools.ts';

/** What the toolchain image has, for the agent's instructions. */
const TOOLCHAIN = 'bash, git, Python, Node, ripgrep';

/** Commands in containers, for one agent in one run. None where there can be no containers; whoever owns the folder says why. */
export function createShell(place: ShellPlace): Toolset {
	const { sandbox, folder, settings } = place;
	const inputs = shellInputs(settings.longestMs);
	const background = createBackgroundShells();
	const life = new AbortController();
	/** Null before the first turn, and where there can be no commands. */
	let image: string | null = null;
	const imageNow = async () => {
		if (image === null) throw new BotError('sandbox_failed', 'There are no commands here.');
		return image;
	};
	const actions = createShellActions(place, imageNow, background, life.signal);

	return {
		async tools(turn) {
			folder.open(turn);
			image = (await sandbox.problem()) === null ? (settings.image ?? (await sandbox.image('toolchain'))) : null;
			return image === null ? [] : shellTools(inputs, settings, image);
		},
		abilities() {
			if (image === null) return {};
			const network = settings.egress.length > 0;
			const system = settings.image === null ? TOOLCHAIN : 'an image of its own; see what it has';
			return { commands: { system, packageManagers: [], sudo: false, network } };
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
			} finally {
				await folder.settled();
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
