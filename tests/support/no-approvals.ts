import { BotError } from '../../src/core/errors.ts';
import type { ApprovalDesk, Approvals } from '../../src/core/gate.ts';

/** Where nobody can be asked: what cannot be undone is not done. */
export const noApprovals: Approvals & ApprovalDesk = {
	gateOf: () => ({
		async check({ tool, input, begun }) {
			if (tool.effects !== 'irreversible' && !begun) return { type: 'run', input, edited: false };
			const text = `${tool.name} was not called: what it does may not be undone, and no person can approve it here. Describe in your answer what you would do with it.`;
			return { type: 'refuse', text, isError: true };
		},
	}),
	async request() {
		throw new BotError('bug', 'nobody can be asked here');
	},
	progress: async () => [],
	of: async () => [],
	watch: () => () => {},
	async cancel() {},
	decide: async () => ({ refusal: 'Nobody can be asked here.' }),
	open: async () => [],
	find: async () => null,
};
