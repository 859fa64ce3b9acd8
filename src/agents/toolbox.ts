import type { Abilities } from '../core/abilities.ts';
import type { ToolSpec } from '../core/backend.ts';
import { messageOf } from '../core/errors.ts';
import type { KeptFiles } from '../core/kept-files.ts';
import type { Message } from '../core/message.ts';
import type { CallOptions, Tool, ToolResult, Toolset, ToolsetTurn } from '../core/tool.ts';
import { toolResults } from './instructions/tool-results.ts';
import { isReservedName } from './instructions/workflow-tools.ts';
import { chooseTools } from './tool-choice.ts';

/** The ordinary tools of one turn, from all toolsets of its agent. */
export interface Toolbox {
	type: 'opened';
	/** What the model's next call is offered; a search for tools adds to it. */
	specs(): readonly ToolSpec[];
	/** All there are, those included that have to be looked up first. */
	readonly tools: readonly Tool[];
	/** What the agent's instructions explain of them. */
	readonly abilities: Partial<Abilities>;
	/** A tool that can be called now. */
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

export interface ToolboxTurn extends ToolsetTurn {
	transcript: readonly Message[];
	/** With more tools than this, those that fit the question are offered and the others are looked up. */
	mostTools: number;
}

/** Never rejects. Names must be unique and not the coordination's, because a model tells tools apart by name alone. */
export async function openToolbox(toolsets: readonly Toolset[], turn: ToolboxTurn): Promise<Toolbox | ToolboxFailure> {
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
	const unlisted = (name: string) => {
		const toolset = toolsets.find((one) => one.unlisted?.(name));
		const tool = toolset?.unlisted?.(name) ?? null;
		return toolset === undefined || tool === null ? undefined : { tool, toolset };
	};
	const tools = [...found.values()].map(({ tool }) => tool);
	const choosable = [...found.values()].flatMap(({ tool, toolset }) => (toolset.choosable ? [tool.name] : []));
	const { mostTools: most, question, transcript } = turn;
	const choice = chooseTools(tools, { choosable: new Set(choosable), most, question, transcript });
	return {
		type: 'opened',
		specs: () => choice.offered().map(({ name, description, parameters }) => ({ name, description, parameters })),
		tools,
		abilities: Object.assign({}, ...toolsets.map((toolset) => toolset.abilities?.())),
		find: (name) => choice.find(name) ?? unlisted(name)?.tool ?? null,
		async call(name, input, options) {
			const entry = found.get(name) ?? unlisted(name);
			if (entry === undefined) {
				const known = choice.offered().map((tool) => tool.name);
				return choice.search(name, input) ?? { text: toolResults.unknown(name, known), isError: true };
			}
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
