import { createAgentToolset } from '../agents/agent-toolset.ts';
import { createExternalParticipant, type ExternalParticipantOptions } from '../agents/external.ts';
import { workedForAnother } from '../agents/instructions/actions.ts';
import { type ConfiguredAgentTool, type ConfiguredTeam, pricedAs } from '../config/configured-team.ts';
import type { Clock } from '../core/clock.ts';
import { sentenceOf } from '../core/errors.ts';
import type { ExternalAgent } from '../core/external-agent.ts';
import type { ExternalSettings } from '../core/external-settings.ts';
import type { Finding } from '../core/finding.ts';
import type { Gate } from '../core/gate.ts';
import type { Sandbox } from '../core/sandbox.ts';
import type { Rules } from '../core/team.ts';
import type { Toolset } from '../core/tool.ts';
import { unknownUsage } from '../core/usage.ts';
import { systemClock } from '../system-clock.ts';
import { openWebAccess } from './open-web-access.ts';

/** What an agent has of the run it works for. */
export interface ExternalPlace {
	run: string;
	/** Null: there are no containers here. */
	sandbox: Sandbox | null;
	/** What works in the sandbox of the run and is closed with it. */
	released<Closable extends { close(): Promise<void> }>(user: Closable): Closable;
	clock: Clock;
	/** In [0, 1). */
	random(): number;
}

/** An agent of another system, ready to be asked. One that cannot be opened says why, instead of an answer. */
export async function openExternalAgent(settings: ExternalSettings, place: ExternalPlace): Promise<ExternalAgent> {
	try {
		return place.released(await openerOf(settings, place));
	} catch (thrown) {
		return closedAgent(settings.type, sentenceOf(thrown));
	}
}

async function openerOf(settings: ExternalSettings, place: ExternalPlace): Promise<ExternalAgent> {
	switch (settings.type) {
		case 'langgraph':
			return import('../adapters/frameworks/langgraph.ts').then((it) => it.openLangGraphAgent(settings));
		case 'openai_agents':
			return import('../adapters/frameworks/openai-agents.ts').then((it) => it.openOpenAIAgent(settings));
		case 'ai_sdk':
			return import('../adapters/frameworks/ai-sdk.ts').then((it) => it.openAiSdkAgent(settings));
		case 'mastra':
			return import('../adapters/frameworks/mastra.ts').then((it) => it.openMastraAgent(settings));
		case 'claude_agent':
			return import('../adapters/frameworks/claude-agent.ts').then((it) => it.openClaudeAgent(settings));
		case 'command': {
			const { openCommandAgent } = await import('../adapters/frameworks/command.ts');
			return openCommandAgent(settings, place);
		}
		case 'python':
		case 'ag2':
		case 'crewai': {
			const { openPythonAgent } = await import('../adapters/frameworks/python.ts');
			return openPythonAgent(settings, place);
		}
		case 'a2a': {
			const { openA2aAgent } = await import('../adapters/frameworks/a2a.ts');
			return openA2aAgent(settings, await openWebAccess(settings, place.clock, place.random));
		}
		case 'acp': {
			const { openAcpAgent } = await import('../adapters/frameworks/acp.ts');
			return openAcpAgent(settings, place);
		}
		case 'http': {
			const { openHttpAgent } = await import('../adapters/frameworks/http.ts');
			return openHttpAgent(settings, await openWebAccess(settings, place.clock, place.random));
		}
	}
}

/** Opens every agent of other systems of a team, those that are tools included, to see whether it can be used. */
export async function externalFindings({ agents, externals }: ConfiguredTeam): Promise<Finding[]> {
	const tools = [...agents.values()].flatMap((agent) => agent.tools.agents);
	const all = [...[...externals].map(([name, { settings }]) => ({ name, settings })), ...tools];
	return Promise.all(
		all.map(async ({ name, settings }): Promise<Finding> => {
			try {
				const agent = await openerOf(settings, nowhere);
				await Promise.resolve(agent.check?.()).finally(() => agent.close());
				const asks = agent.ownTools === 'ungated' ? '; it is approved as a whole before each of its turns' : '';
				return { level: 'ok', what: `The agent ${name} (${settings.type}) can be used${asks}.`, repair: null };
			} catch (thrown) {
				const what = `The agent ${name} (${settings.type}) cannot be used: ${sentenceOf(thrown)}`;
				return { level: 'error', what, repair: 'Correct its module, or install the package that it names.' };
			}
		}),
	);
}

/** The place of an agent that is only looked at. */
const nowhere: ExternalPlace = {
	...{ run: 'doctor', sandbox: null, released: (user) => user },
	...{ clock: systemClock, random: Math.random },
};

/** What seats an agent of another system, beside the agent. */
export type SeatOptions = Omit<ExternalParticipantOptions, 'id' | 'systemMessage' | 'agent' | 'provider' | 'model'>;

/** Agents of other systems that one of ours may put to work. */
export async function openAgentTools(
	place: ExternalPlace,
	configured: readonly ConfiguredAgentTool[],
	{ stepLimit, replyLimit, mostTools }: Rules,
	seat: SeatOptions,
): Promise<Toolset[]> {
	if (configured.length === 0) return [];
	const agents = configured.map(async ({ name, description, settings }) => {
		const bare = await openExternalAgent(settings, place);
		// Each call of such a tool is approved, so its agent need not be.
		const agent = createExternalParticipant({
			...{ ...seat, ...pricedAs(settings), id: name, systemMessage: '', gate: nobodyToAsk },
			agent: bare.ownTools === 'ungated' ? { ...bare, ownTools: 'gated' } : bare,
		});
		return { name, description, agent, acts: bare.ownTools === 'ungated' };
	});
	const limits = { steps: stepLimit, replies: replyLimit, tools: mostTools };
	return [createAgentToolset({ run: place.run, agents: await Promise.all(agents), clock: seat.clock, limits })];
}

const nobodyToAsk: Gate = {
	check: async ({ tool }) => ({ type: 'refuse', text: workedForAnother(tool.name), isError: true }),
};

const closedAgent = (framework: string, message: string): ExternalAgent => ({
	...{ framework, callsTools: false, ownTools: 'none' },
	async *reply() {
		yield { type: 'failed', failure: 'request_invalid', retryable: false, message, usage: unknownUsage };
	},
	async close() {},
});
