import { join } from 'node:path';
import { openOpenAIAgent } from '../../../../src/adapters/frameworks/openai-agents.ts';
import { externalContract } from '../../../contracts/external-contract.ts';
import { sent } from '../../../fixtures/frameworks/mail.ts';
import { frameworkModel } from './framework-model.ts';

const MODULE = join(import.meta.dirname, '../../../fixtures/frameworks/openai-agent.ts');
const model = frameworkModel();

externalContract(
	'an agent of the OpenAI Agents SDK',
	async (replies) => {
		model.script(replies);
		sent.length = 0;
		const agent = await openOpenAIAgent({
			...{ type: 'openai_agents', module: MODULE, export: 'agent', ownTools: 'gated', model: null },
		});
		return { agent, modelCalls: () => model.calls().length, sent: () => sent };
	},
	{ usage: 'of_whole_replies', interrupts: true },
);
