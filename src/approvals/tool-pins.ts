import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../core/canonical-json.ts';
import { BotError } from '../core/errors.ts';
import type { McpServerSettings } from '../core/mcp-settings.ts';
import { type Store, untilCommitted } from '../core/store.ts';
import {
	type PinState,
	type Sighting,
	type ToolDefinition,
	type ToolPins,
	type ToolServerView,
	type ToolView,
	toolDefinitionSchema,
} from '../core/tool-pins.ts';

/** Records by key of server. */
const KIND = 'tool-pins';
/** How often a write that met another one is tried again. */
const TRIES = 8;

const versionSchema = z.object({ hash: z.string(), image: z.string().nullable(), definition: toolDefinitionSchema });
const recordSchema = z.object({
	v: z.literal(1),
	server: z.string(),
	instructions: z.string(),
	tools: z.array(
		z.object({
			accepted: versionSchema.nullable(),
			/** Null: the server no longer has it. */
			seen: versionSchema.nullable(),
		}),
	),
});
type Version = z.infer<typeof versionSchema>;
type PinRecord = z.infer<typeof recordSchema>;
type PinnedTool = PinRecord['tools'][number];

/** The pins, and what people may do with them. */
export interface ToolPinBook extends ToolPins {
	view(server: McpServerSettings): Promise<ToolServerView>;
	/** Accepts what is seen now, of one tool or of all (null). Returns the names of those that were waiting for it. */
	accept(server: McpServerSettings, tool: string | null): Promise<readonly string[]>;
}

/** Pins in the store. A record that cannot be read is an error: nothing of its server is used. */
export function createToolPins(store: Store): ToolPinBook {
	const read = async (server: McpServerSettings): Promise<{ record: PinRecord | null; version: number }> => {
		const found = await store.get(KIND, keyOf(server));
		if (found === null) return { record: null, version: 0 };
		const parsed = recordSchema.safeParse(found.value);
		if (!parsed.success) throw new BotError('store_failed', `the pins of the MCP server ${server.name} are unreadable`);
		return { record: parsed.data, version: found.version };
	};

	const change = (server: McpServerSettings, next: (record: PinRecord | null) => PinRecord | null): Promise<void> =>
		untilCommitted(async () => {
			const { record, version } = await read(server);
			const value = next(record);
			if (value !== null) await store.commit([{ type: 'put', kind: KIND, key: keyOf(server), value, version }]);
		}, TRIES);

	return {
		async accepted(server) {
			const { record } = await read(server);
			if (record === null) return null;
			return record.tools.flatMap((tool) => (stateOf(tool) === 'accepted' ? [definitionOf(tool)] : []));
		},
		async judge(server, sighting) {
			const states = new Map<string, PinState>();
			await change(server, (record) => {
				const next = seenIn(record, server, sighting);
				states.clear();
				for (const tool of next.tools) if (tool.seen !== null) states.set(tool.seen.definition.name, stateOf(tool));
				return isSame(record, next) ? null : next;
			});
			return states;
		},
		async view(server) {
			const { record } = await read(server);
			return {
				server: server.name,
				instructions: record?.instructions ?? '',
				tools: record === null ? null : record.tools.flatMap(viewOf),
			};
		},
		async accept(server, wanted) {
			let accepted: string[] = [];
			await change(server, (record) => {
				accepted = [];
				if (record === null) return null;
				const tools = record.tools.map((tool) => {
					const name = tool.seen?.definition.name;
					if (name === undefined || stateOf(tool) === 'accepted' || (wanted !== null && wanted !== name)) return tool;
					accepted.push(name);
					return { ...tool, accepted: tool.seen };
				});
				return accepted.length === 0 ? null : { ...record, tools };
			});
			return accepted;
		},
	};
}

/** The record after a sighting. What the configuration brings for the first time is accepted with it, unless it says no. */
function seenIn(record: PinRecord | null, server: McpServerSettings, sighting: Sighting): PinRecord {
	const first = record === null && server.firstSight === 'accepted';
	const known = new Map(record?.tools.map((tool) => [definitionOf(tool).name, tool]));
	const shown = new Map(
		sighting.tools.map((definition): [string, Version] => [
			definition.name,
			{ hash: hashOf(definition), image: sighting.image, definition },
		]),
	);
	const names = [...new Set([...known.keys(), ...shown.keys()])].sort();
	const tools = names.flatMap((name): PinnedTool[] => {
		const seen = shown.get(name) ?? null;
		const accepted = known.get(name)?.accepted ?? (first ? seen : null);
		return seen === null && accepted === null ? [] : [{ accepted, seen }];
	});
	return { v: 1, server: server.name, instructions: sighting.instructions, tools };
}

function stateOf({ accepted, seen }: PinnedTool): PinState {
	if (accepted === null) return 'new';
	if (seen === null) return 'changed';
	return accepted.hash === seen.hash && accepted.image === seen.image ? 'accepted' : 'changed';
}

function definitionOf({ accepted, seen }: PinnedTool): ToolDefinition {
	const version = seen ?? accepted;
	if (version === null) throw new BotError('bug', 'a pin of nothing');
	return version.definition;
}

function viewOf(tool: PinnedTool): ToolView[] {
	const { seen, accepted } = tool;
	if (seen === null) return [];
	const { definition, hash } = seen;
	const digest = hash.slice(0, 12);
	return [
		{ name: definition.name, state: stateOf(tool), accepted: accepted?.definition ?? null, seen: definition, digest },
	];
}

const isSame = (a: PinRecord | null, b: PinRecord) => a !== null && canonicalJson(a) === canonicalJson(b);

/** What an administrator wrote decides which server it is: another command or address is another server. */
function keyOf({ name, launch }: McpServerSettings): string {
	const identity = launch.type === 'http' ? launch.url : launch.command;
	return `${name}-${sha256(canonicalJson([launch.type, identity])).slice(0, 24)}`;
}

const hashOf = (definition: ToolDefinition) => sha256(canonicalJson(definition));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
