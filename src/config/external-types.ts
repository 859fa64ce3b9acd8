import type { ExternalSettings } from '../core/external-settings.ts';

/** Keys of an agent that say how an agent of another system is reached. */
export const EXTERNAL_KEYS = ['module', 'export', 'own_tools', 'needs', 'priced_as'] as const;
type ExternalKey = (typeof EXTERNAL_KEYS)[number];

export interface ExternalType {
	keys: readonly ExternalKey[];
	/** Those that must be there, with an example of each. */
	required: Readonly<Partial<Record<ExternalKey, string>>>;
	/** What must be installed for it; null: nothing. */
	package: string | null;
}

const ofModule = (name: string): ExternalType => ({
	keys: ['module', 'export', 'own_tools', 'needs', 'priced_as'],
	required: { module: 'module: ./agent.ts' },
	package: name,
});

/** Every value of an agent's `type`. */
export const externalTypes: Readonly<Record<ExternalSettings['type'], ExternalType>> = {
	langgraph: ofModule('@langchain/langgraph'),
	openai_agents: ofModule('@openai/agents'),
	ai_sdk: ofModule('ai'),
	mastra: ofModule('@mastra/core'),
};

/** The keys of `externalTypes`, for schemas. */
export const externalTypeNames = Object.keys(externalTypes) as [
	ExternalSettings['type'],
	...ExternalSettings['type'][],
];
