import type { ExternalSettings } from '../core/external-settings.ts';

const SHARED_KEYS = ['own_tools', 'needs', 'priced_as'] as const;
/** Keys of an agent that say how an agent of another system is reached. */
export const EXTERNAL_KEYS = [
	'module',
	'export',
	'python',
	'preset',
	'command',
	'args',
	'env',
	'sandbox',
	'url',
	'headers',
	'security',
	...SHARED_KEYS,
] as const;
type ExternalKey = (typeof EXTERNAL_KEYS)[number];

export interface ExternalType {
	keys: readonly ExternalKey[];
	/** Those that must be there, with an example of each. */
	required: Readonly<Partial<Record<ExternalKey, string>>>;
	/** What must be installed for it; null: nothing. */
	package: string | null;
}

const ofModule = (name: string): ExternalType => ({
	keys: ['module', 'export', ...SHARED_KEYS],
	required: { module: 'module: ./agent.ts' },
	package: name,
});

const ofPython: ExternalType = {
	keys: ['module', 'export', 'python', 'env', ...SHARED_KEYS],
	required: { module: 'module: ./agent.py' },
	package: null,
};

const ofAddress: ExternalType = {
	keys: ['url', 'headers', 'security', ...SHARED_KEYS],
	required: { url: 'url: https://agent.example.com' },
	package: null,
};

/** Every value of an agent's `type`. */
export const externalTypes: Readonly<Record<ExternalSettings['type'], ExternalType>> = {
	langgraph: ofModule('@langchain/langgraph'),
	openai_agents: ofModule('@openai/agents'),
	ai_sdk: ofModule('ai'),
	mastra: ofModule('@mastra/core'),
	claude_agent: ofModule('@anthropic-ai/claude-agent-sdk'),
	command: {
		keys: ['command', 'args', 'env', 'sandbox', ...SHARED_KEYS],
		required: { command: 'command: ./agent.sh' },
		package: null,
	},
	http: ofAddress,
	python: ofPython,
	ag2: ofPython,
	crewai: ofPython,
	a2a: ofAddress,
	acp: {
		keys: ['preset', 'command', 'args', 'env', 'sandbox', ...SHARED_KEYS],
		required: {},
		package: '@agentclientprotocol/sdk',
	},
};

/** The keys of `externalTypes`, for schemas. */
export const externalTypeNames = Object.keys(externalTypes) as [
	ExternalSettings['type'],
	...ExternalSettings['type'][],
];
