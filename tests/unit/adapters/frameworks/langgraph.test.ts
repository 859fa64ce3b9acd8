import { join } from 'node:path';
import { openLangGraphAgent } from '../../../../src/adapters/frameworks/langgraph.ts';
import { externalContract } from '../../../contracts/external-contract.ts';
import { sent } from '../../../fixtures/frameworks/mail.ts';
import { frameworkModel } from './framework-model.ts';

const MODULE = join(import.meta.dirname, '../../../fixtures/frameworks/langgraph-agent.ts');
const model = frameworkModel();

externalContract(
	'a graph of LangGraph',
	async (replies) => {
		model.script(replies);
		sent.length = 0;
		const agent = await openLangGraphAgent({
			...{ type: 'langgraph', module: MODULE, export: 'agent', ownTools: 'gated', model: null },
		});
		return { agent, modelCalls: () => model.calls().length, sent: () => sent };
	},
	{ usage: 'of_whole_replies', interrupts: true },
);
