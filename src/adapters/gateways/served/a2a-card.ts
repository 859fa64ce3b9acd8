import type { AgentCard } from '@a2a-js/sdk';
import type { TeamSummary } from '../../../core/gateway.ts';

/** The revisions of A2A that are spoken, the preferred one first; each over JSON-RPC. */
export const A2A_VERSIONS = ['1.0', '0.3'] as const;

const TEXT = ['text/plain'];

/** Who answers, for other agents. `teams`: those that a client may know of; left out: nobody is named. */
export function agentCard(url: string, version: string, teams: readonly TeamSummary[] = []): AgentCard {
	const about = { examples: [], inputModes: TEXT, outputModes: TEXT, securityRequirements: [] };
	const ask = {
		id: 'ask',
		name: 'Ask a team',
		description: 'A team of AI agents answers in parallel, votes, and the winner presents one result.',
		tags: ['question', 'team', 'vote'],
	};
	const named = teams.map(({ name, description }) => ({
		...{ id: `team:${name}`, name, tags: ['team'] },
		description: `${description === '' ? name : description}. Chosen by the metadata of a message: {"team": "${name}"}.`,
	}));
	return {
		name: 'MassGen Chat',
		description: ask.description,
		supportedInterfaces: A2A_VERSIONS.map((protocolVersion) => ({
			...{ url, protocolBinding: 'JSONRPC', tenant: '', protocolVersion },
		})),
		provider: undefined,
		version,
		capabilities: { streaming: true, pushNotifications: false, extensions: [], extendedAgentCard: true },
		securitySchemes: {
			bearer: {
				scheme: {
					$case: 'httpAuthSecurityScheme',
					value: { scheme: 'Bearer', bearerFormat: '', description: 'The token of a client of access.yaml.' },
				},
			},
		},
		securityRequirements: [{ schemes: { bearer: { list: [] } } }],
		defaultInputModes: TEXT,
		defaultOutputModes: TEXT,
		skills: [ask, ...named].map((skill) => ({ ...skill, ...about })),
		signatures: [],
	};
}

/** What clients of the revision 0.3 read, beside what those of 1.0 do. */
export const legacyFields = (url: string) => ({
	...{ url, protocolVersion: '0.3.0', preferredTransport: 'JSONRPC' },
	...{ security: [{ bearer: [] }], supportsAuthenticatedExtendedCard: true },
});
