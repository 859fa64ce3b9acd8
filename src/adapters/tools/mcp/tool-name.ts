import { createHash } from 'node:crypto';

/** The longest name that all providers take. */
const LONGEST = 64;
const DIGEST = 6;

/**
 * The name of a tool for models: `server__tool`. One that has other characters or is too long ends in a digest of the
 * whole name, so that different tools keep different names.
 */
export function toolName(server: string, tool: string): string {
	const plain = `${server}__${tool.replace(/[^\w-]/g, '_')}`;
	if (plain === `${server}__${tool}` && plain.length <= LONGEST) return plain;
	const digest = createHash('sha256').update(tool).digest('hex').slice(0, DIGEST);
	return `${plain.slice(0, LONGEST - DIGEST - 1)}_${digest}`;
}

/** The ways in which a list of a configuration may name a tool: MassGen's, ours, and the server's own. */
export function namesOfTool(server: string, tool: string): readonly string[] {
	return [tool, toolName(server, tool), `mcp__${server}__${tool}`];
}
