import { join } from 'node:path';
import { openMastraAgent } from '../../../../src/adapters/frameworks/mastra.ts';
import { externalContract } from '../../../contracts/external-contract.ts';
import { sent } from '../../../fixtures/frameworks/mail.ts';
import { frameworkModel } from './framework-model.ts';

const MODULE = join(import.meta.dirname, '../../../fixtures/frameworks/mastra-agent.ts');
const model = frameworkModel();

externalContract(
	'an agent of Mastra',
	async (replies) => {
		model.script(replies);
		sent.length = 0;
		const agent = await openMastraAgent({
			...{ type: 'mastra', module: MODULE, export: 'agent', ownTools: 'gated', model: null },
		});
		return { agent, modelCalls: () => model.calls().length, sent: () => sent };
	},
	{ usage: 'of_whole_replies', interrupts: 'as_proposed' },
);
