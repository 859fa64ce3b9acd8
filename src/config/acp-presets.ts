/** Coding agents that speak ACP and ask before they act, by name, and the command that starts each. */
export const acpPresets = {
	'claude-code': ['npx', '--yes', '@zed-industries/claude-agent-acp@0.23.1'],
	codex: ['npx', '--yes', '@zed-industries/codex-acp@0.16.0'],
	gemini: ['gemini', '--experimental-acp'],
} as const satisfies Record<string, readonly string[]>;

export const acpPresetNames = Object.keys(acpPresets) as [keyof typeof acpPresets, ...(keyof typeof acpPresets)[]];
