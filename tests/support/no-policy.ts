import type { PolicyBook } from '../../src/approvals/policy-book.ts';

const unasked = () => {
	throw new Error('nobody asks for the policy here');
};

/** For tests that are not about the policy. */
export const noPolicy: PolicyBook = {
	get policy() {
		return unasked();
	},
	tryCall: async () => unasked(),
};
