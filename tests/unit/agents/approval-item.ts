import type { ApprovalItem } from '../../../src/core/approval.ts';
import type { GatedCall } from '../../../src/core/gate.ts';

/** What people would be asked about a call. */
export const itemOf = ({ callId, tool: { name, effects } }: GatedCall): ApprovalItem => ({
	callId,
	question: 'run',
	tool: name,
	source: 'box',
	effects,
	arguments: '{}',
	digest: 'd',
	risk: 'high',
	reasons: [],
	said: '',
	needed: 1,
	votes: [],
	state: 'pending',
	denial: null,
	revision: 1,
	editedBy: null,
	before: null,
	grant: null,
	outcome: null,
	effect: 'none',
	fingerprint: 'f',
	definition: 'd',
	proposed: '{}',
	tainted: false,
	approvers: null,
	waitMs: 60_000,
	width: null,
});
