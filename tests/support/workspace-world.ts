import { onTestFinished } from 'vitest';
import { createMemoryStore } from '../../src/adapters/stores/memory.ts';
import { createRunWorkspaces } from '../../src/adapters/tools/workspace.ts';
import type { ContextFolder } from '../../src/core/context-folder.ts';
import type { Sandbox } from '../../src/core/sandbox.ts';
import type { Store } from '../../src/core/store.ts';
import type { ToolResult, ToolsetTurn } from '../../src/core/tool.ts';
import { systemClock } from '../../src/system-clock.ts';
import { anyTurn, unstopped } from './mcp.ts';
import { createProcessSandbox } from './process-sandbox.ts';

const ROOMY = { bytes: 64 * 2 ** 20, files: 2_000 };

/** The workspaces of one life of a run, closed with the test. */
export function workspaceWorld({
	store = createMemoryStore(),
	sandbox = createProcessSandbox(),
	limits = ROOMY,
	run = 'run-1',
	context = [],
}: {
	store?: Store;
	sandbox?: Sandbox;
	limits?: { bytes: number; files: number };
	run?: string;
	context?: readonly ContextFolder[];
} = {}) {
	const reports: string[] = [];
	const report = (text: string) => void reports.push(text);
	const workspaces = createRunWorkspaces({ sandbox, store, clock: systemClock, run, limits, report });
	return {
		store,
		sandbox,
		reports,
		/** An agent whose turn has begun. */
		async agent(name: string, turn: Partial<ToolsetTurn> = {}) {
			const { toolset, folder } = workspaces.of(name, context);
			onTestFinished(() => toolset.close());
			const tools = await toolset.tools({ ...anyTurn, ...turn });
			const result = (tool: string, input: object): Promise<ToolResult> => toolset.call(tool, input, unstopped());
			return {
				toolset,
				folder,
				tools,
				result,
				/** The text of a call that must go well. */
				async does(tool: string, input: object): Promise<string> {
					const { text, isError } = await result(tool, input);
					if (isError) throw new Error(`${tool}: ${text}`);
					return text;
				},
				/** The text of a call that must not. */
				async fails(tool: string, input: object): Promise<string> {
					const { text, isError } = await result(tool, input);
					if (!isError) throw new Error(`${tool} went well: ${text}`);
					return text;
				},
				/** Another turn of the same agent. */
				turn: (next: Partial<ToolsetTurn>) => toolset.tools({ ...anyTurn, ...next }),
			};
		},
	};
}
