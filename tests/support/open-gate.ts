import type { Gate } from '../../src/core/gate.ts';

/** Lets every call through, as it is. */
export const openGate: Gate = {
	async check({ input }) {
		return { type: 'run', input, edited: false };
	},
};
