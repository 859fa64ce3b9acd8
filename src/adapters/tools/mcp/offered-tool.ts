import { createHash } from 'node:crypto';
import { visibleText } from '../../../core/foreign-text.ts';
import type { McpServerSettings } from '../../../core/mcp-settings.ts';
import type { Tool, ToolEffects } from '../../../core/tool.ts';
import type { ToolDefinition } from '../../../core/tool-pins.ts';
import { namesOfTool, toolName } from './tool-name.ts';

/** The most characters of a description that a model is given, and of a title on a board. */
const DESCRIPTION = 4_000;
const TITLE = 40;
/** The largest definition that is offered, in characters of JSON, and the deepest schema. */
const DEFINITION = 32_768;
const DEPTH = 24;

/** The lists that decide which tools of a server an agent gets. */
export interface ToolFilter {
	/** Null: all. */
	allowed: readonly string[] | null;
	excluded: readonly string[];
}

/** A tool of a server as a model is offered it. */
export function offeredTool(server: McpServerSettings, definition: ToolDefinition): Tool {
	const title = visibleText(definition.title ?? definition.name)
		.replace(/\s+/g, ' ')
		.trim();
	return {
		name: toolName(server.name, definition.name),
		description: visibleText(definition.description ?? '').slice(0, DESCRIPTION),
		parameters: visibleValue(definition.inputSchema) as Record<string, unknown>,
		effects: effectsOf(server, definition),
		idempotent: server.trusted && definition.annotations?.idempotentHint === true,
		openWorld: !server.trusted || definition.annotations?.openWorldHint !== false,
		source: server.name,
		fingerprint: fingerprintOf(server, definition),
		label: `${server.name} · ${title.length > TITLE ? `${title.slice(0, TITLE - 1)}…` : title}`,
	};
}

/**
 * Whether a tool can be offered at all: one whose definition is huge, deep, or refers to another document would make a
 * provider refuse the whole request.
 */
export function isOfferable(definition: ToolDefinition): boolean {
	return JSON.stringify(definition).length <= DEFINITION && isPlainSchema(definition.inputSchema, DEPTH);
}

export function passes(server: McpServerSettings, tool: string, { allowed, excluded }: ToolFilter): boolean {
	const names = namesOfTool(server.name, tool);
	const isIn = (list: readonly string[]) => names.some((name) => list.includes(name));
	return (allowed === null || isIn(allowed)) && !isIn(excluded);
}

/** Who it is, how it is launched and what it shows: all that a person who approves a call of it relies on. */
function fingerprintOf({ name, launch }: McpServerSettings, definition: ToolDefinition): string {
	const place = launch.type === 'http' ? launch.url : [launch.command, launch.image, launch.egress, launch.workspace];
	return createHash('sha256')
		.update(JSON.stringify([name, place, definition]))
		.digest('hex');
}

/** The configuration first, then what a trusted server says of itself, then the worst. */
function effectsOf({ effects, trusted }: McpServerSettings, { name, annotations = {} }: ToolDefinition): ToolEffects {
	if (Object.hasOwn(effects, name)) return effects[name] ?? 'irreversible';
	if (!trusted) return 'irreversible';
	if (annotations.readOnlyHint === true) return 'none';
	return annotations.destructiveHint === false ? 'external' : 'irreversible';
}

function isPlainSchema(value: unknown, depth: number): boolean {
	if (typeof value !== 'object' || value === null) return true;
	if (depth === 0) return false;
	return Object.entries(value).every(([key, inner]) => {
		const isElsewhere =
			(key === '$ref' || key === '$dynamicRef') && typeof inner === 'string' && !inner.startsWith('#');
		return !isElsewhere && isPlainSchema(inner, depth - 1);
	});
}

function visibleValue(value: unknown): unknown {
	if (typeof value === 'string') return visibleText(value);
	if (Array.isArray(value)) return value.map(visibleValue);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, inner]) => [visibleText(key), visibleValue(inner)]));
}
