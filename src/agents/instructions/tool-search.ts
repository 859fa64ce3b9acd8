import type { ToolSpec } from '../../core/backend.ts';
import type { Tool } from '../../core/tool.ts';

/** No other tool may have this name. */
export const FIND_TOOLS = 'find_tools';
/** The most characters of a description in a result. */
const DESCRIPTION = 200;

/** `others`: how many tools are left out. */
export const findTools = (others: number): ToolSpec => ({
	name: FIND_TOOLS,
	description: `Look for tools that are not listed here: ${others} more can be used. What is found can be called from your next reply on.`,
	parameters: {
		type: 'object',
		properties: { query: { type: 'string', description: 'Words for what the tool should do.' } },
		required: ['query'],
		additionalProperties: false,
	},
});

/** The result of a search, one line for each tool. */
export function foundTools(tools: readonly Tool[]): string {
	const lines = tools.map(({ name, description }) => {
		const line = description.replace(/\s+/g, ' ').trim();
		return `- ${name}: ${line.length > DESCRIPTION ? `${line.slice(0, DESCRIPTION - 1)}…` : line}`;
	});
	return ['These can be called from now on:', ...lines].join('\n');
}

/** The names in such a result. */
export const namesFound = (text: string): string[] =>
	text.split('\n').flatMap((line) => /^- ([\w-]+): /.exec(line)?.[1] ?? []);

export const noQuery = 'Say in `query` what the tool should do.';

export const nothingFound = (sources: readonly string[]) =>
	`No tool fits these words. Try others. The tools come from: ${sources.join(', ')}.`;
