import type { Abilities } from '../core/abilities.ts';
import type { ToolSpec } from '../core/backend.ts';
import { messageOf } from '../core/errors.ts';
import type { KeptFiles } from '../core/kept-files.ts';
import type { CallOptions, Tool, ToolResult, Toolset, ToolsetTurn } from '../core/tool.ts';
import { toolResults } from './instructions/tool-results.ts';
import { isReservedName } from './instructions/workflow-tools.ts';

/** The ordinary tools of one turn, from all toolsets of its agent. */
export interface Toolbox {
	type: 'opened';
	/** In the form that a model is offered. */
	readonly specs: readonly ToolSpec[];
	readonly tools: readonly Tool[];
	/** What the agent's instructions explain of them. */
	readonly abilities: Partial<Abilities>;
	find(name: string): Tool | null;
	/** Never rejects: a tool that throws gives an error result. */
	call(name: string, input: unknown, options: CallOptions): Promise<ToolResult>;
	/** What the agent's folder holds now; undefined: it has none. Rejects when it cannot be kept. */
	keepFiles(): Promise<KeptFiles | undefined>;
}

/** Why a turn cannot begin. */
export interface ToolboxFailure {
	type: 'failed';
	code: 'tools_unavailable' | 'config_invalid';
	message: string;
	fatal: boolean;
}

/** Never rejects. Names must be unique and not the coordination's, because a model tells tools apart by name alone. */
export async function openToolbox(toolsets: readonly Toolset[], turn: ToolsetTurn): Promise<Toolbox | ToolboxFailure> {
	const found = new Map<string, { tool: Tool; toolset: Toolset }>();
	try {
		const listed = await Promise.all(toolsets.map(async (toolset) => ({ toolset, tools: await toolset.tools(turn) })));
		for (const { toolset, tools } of listed) {
			for (const tool of tools) {
				if (found.has(tool.name) || isReservedName(tool.name)) return nameTaken(tool.name);
				found.set(tool.name, { tool, toolset });
			}
		}
	} catch (thrown) {
		const message = `The agent's tools could not be listed: ${messageOf(thrown)}. Check its tool servers.`;
		return { type: 'failed', code: 'tools_unavailable', message, fatal: false };
	}
	return {
		type: 'opened',
		specs: [...found.values()].map(({ tool: { name, description, parameters } }) => ({
			name,
			description,
			parameters,
		})),
		tools: [...found.values()].map(({ tool }) => tool),
		abilities: Object.assign({}, ...toolsets.map((toolset) => toolset.abilities?.())),
		find: (name) => found.get(name)?.tool ?? null,
		async call(name, input, options) {
			const entry = found.get(name);
			if (entry === undefined) return { text: toolResults.unknown(name, [...found.keys()]), isError: true };
			try {
				return await entry.toolset.call(name, input, options);
			} catch (thrown) {
				return { text: toolResults.failed(name, messageOf(thrown)), isError: true };
			}
		},
		async keepFiles() {
			for (const toolset of toolsets) {
				const kept = (await toolset.keepFiles?.()) ?? null;
				if (kept !== null) return kept;
			}
			return undefined;
		},
	};
}

function nameTaken(name: string): ToolboxFailure {
	const message = `The tool name "${name}" is used twice or reserved for the coordination. Rename or leave out the tool.`;
	return { type: 'failed', code: 'config_invalid', message, fatal: true };
}
