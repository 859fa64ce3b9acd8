import type { PolicyQuestion, PolicyTrial } from '../core/command.ts';
import type { RiskPolicy } from '../core/risk-policy.ts';
import type { Tool } from '../core/tool.ts';
import { assess, type RatedCall, type RiskFacts } from './risk.ts';

/** The policy, and what it makes of a call that nobody has made. */
export interface PolicyBook {
	policy: RiskPolicy;
	/** No model is asked: what a judge would say is not known beforehand. */
	tryCall(question: PolicyQuestion): Promise<PolicyTrial>;
}

export interface PolicyBookOptions {
	policy: RiskPolicy;
	/** In a language. */
	factsIn(locale: string | null): RiskFacts;
	/** A tool by the name that models know, or by that of its server; null: there is none. */
	toolOf(name: string): Promise<Tool | null>;
}

export function createPolicyBook({ policy, factsIn, toolOf }: PolicyBookOptions): PolicyBook {
	return {
		policy,
		async tryCall({ tool: name, input, locale }) {
			const known = await toolOf(name);
			const tool = known ?? unknownTool(name);
			const facts = { ...factsIn(locale), judge: null };
			const ruling = async (tainted: boolean): Promise<PolicyTrial['clean']> => {
				const call: RatedCall = { tool, input, tainted };
				return (await assess(call, facts, AbortSignal.timeout(TRIAL_MS))).ruling;
			};
			return { tool: tool.name, isKnown: known !== null, clean: await ruling(false), tainted: await ruling(true) };
		},
	};
}

const TRIAL_MS = 10_000;

/** Of what is not known the worst is assumed. */
const unknownTool = (name: string): RatedCall['tool'] => ({
	name,
	source: name.includes('__') ? name.slice(0, name.indexOf('__')) : '',
	effects: 'irreversible',
	openWorld: true,
	description: '',
	parameters: {},
});
