import { sentenceOf } from '../core/errors.ts';
import type { ExternalAgent } from '../core/external-agent.ts';
import type { ExternalSettings } from '../core/external-settings.ts';
import { unknownUsage } from '../core/usage.ts';

/** An agent of another system, ready to be asked. One that cannot be opened says why, instead of an answer. */
export async function openExternalAgent(settings: ExternalSettings): Promise<ExternalAgent> {
	try {
		return await openerOf(settings);
	} catch (thrown) {
		return closedAgent(settings.type, sentenceOf(thrown));
	}
}

function openerOf(settings: ExternalSettings): Promise<ExternalAgent> {
	switch (settings.type) {
		case 'langgraph':
			return import('../adapters/frameworks/langgraph.ts').then((it) => it.openLangGraphAgent(settings));
		case 'openai_agents':
			return import('../adapters/frameworks/openai-agents.ts').then((it) => it.openOpenAIAgent(settings));
		case 'ai_sdk':
			return import('../adapters/frameworks/ai-sdk.ts').then((it) => it.openAiSdkAgent(settings));
		case 'mastra':
			return import('../adapters/frameworks/mastra.ts').then((it) => it.openMastraAgent(settings));
	}
}

const closedAgent = (framework: string, message: string): ExternalAgent => ({
	...{ framework, callsTools: false, ownTools: 'none' },
	async *reply() {
		yield { type: 'failed', failure: 'request_invalid', retryable: false, message, usage: unknownUsage };
	},
	async close() {},
});
