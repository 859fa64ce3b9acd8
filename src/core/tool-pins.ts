import { z } from 'zod';
import type { McpServerSettings } from './mcp-settings.ts';

const jsonObject = z.record(z.string(), z.unknown());

/** A tool as its server defines it: everything that a model or a person could be led by. Foreign text throughout. */
export const toolDefinitionSchema = z.object({
	name: z.string(),
	title: z.string().optional(),
	description: z.string().optional(),
	inputSchema: jsonObject,
	outputSchema: jsonObject.optional(),
	annotations: jsonObject.optional(),
	_meta: jsonObject.optional(),
});
export type ToolDefinition = z.infer<typeof toolDefinitionSchema>;

/** What a server showed when it was last listed. */
export interface Sighting {
	/** Id of the image it ran in; null: it is reached over HTTP. */
	image: string | null;
	/** What it tells its users; never given to models. */
	instructions: string;
	tools: readonly ToolDefinition[];
}

/**
 * `accepted`: it may be used. `new`: nobody has accepted it. `changed`: it is no longer what was accepted, or its server
 * runs in another image than then.
 */
export type PinState = 'accepted' | 'new' | 'changed';

/** One tool of a server for the people who decide. Its texts are foreign. */
export interface ToolView {
	name: string;
	state: PinState;
	/** What was accepted; null: nothing. */
	accepted: ToolDefinition | null;
	seen: ToolDefinition;
	/** First characters of the hash of what is seen. */
	digest: string;
}

export interface ToolServerView {
	server: string;
	/** Null: it has never been listed. */
	tools: readonly ToolView[] | null;
	instructions: string;
}

/** Remembers the tools of every server, so that none changes unnoticed. */
export interface ToolPins {
	/** The tools that were accepted, as they were then; null: the server has never been seen. Throws `store_failed`. */
	accepted(server: McpServerSettings): Promise<readonly ToolDefinition[] | null>;
	/** Records what a server shows now and says of each tool by name how it stands to what was accepted. */
	judge(server: McpServerSettings, sighting: Sighting): Promise<ReadonlyMap<string, PinState>>;
}
