import type { McpServerConfig } from './mcp-schema.ts';

/** A public MCP server whose tools were looked at. */
interface McpPreset {
	/** What `npm run sandbox:build` installs. */
	package: string;
	/** Keys of its entry in a file; what the file says goes before them. */
	config: McpServerConfig;
}

/** Changes files of the folder that is its own for a run, and nothing else. */
const inItsFolder = 'workspace' as const;

/** By the name that `preset` and `sandbox:build` take. A test starts each and compares its tools with what is said here. */
export const mcpPresets = {
	filesystem: {
		package: '@modelcontextprotocol/server-filesystem@2026.8.31',
		config: {
			command: 'mcp-server-filesystem',
			args: [`\${cwd}`],
			trusted: true,
			effects: {
				write_file: inItsFolder,
				edit_file: inItsFolder,
				create_directory: inItsFolder,
				move_file: inItsFolder,
			},
		},
	},
	everything: {
		package: '@modelcontextprotocol/server-everything@2026.8.31',
		config: { command: 'mcp-server-everything', args: ['stdio'], trusted: true },
	},
} as const satisfies Record<string, McpPreset>;

export type McpPresetName = keyof typeof mcpPresets;

const isPreset = (name: string): name is McpPresetName => Object.hasOwn(mcpPresets, name);

/** The npm package that a preset is of; any other name is one already. */
export const packageOfServer = (name: string): string => (isPreset(name) ? mcpPresets[name].package : name);

/** An entry of a file with what its preset knows. */
export function withPreset(config: McpServerConfig): McpServerConfig {
	return config.preset === undefined ? config : { name: config.preset, ...mcpPresets[config.preset].config, ...config };
}
