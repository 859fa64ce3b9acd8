import type { ApprovalItem } from '../../../src/core/approval.ts';
import type { GatedCall } from '../../../src/core/gate.ts';
import { approvalItem } from '../../support/approvals.ts';

/** What people would be asked about a call. */
export const itemOf = ({ callId, tool: { name, effects } }: GatedCall): ApprovalItem =>
	approvalItem({
		...{ callId, tool: name, source: 'box', effects, arguments: '{}', proposed: '{}', digest: 'd' },
		...{ reasons: [], said: '', fingerprint: 'f', definition: 'd', waitMs: 60_000 },
	});
