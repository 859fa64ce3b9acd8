import type { Agent } from '../core/agent.ts';
import type { Backend } from '../core/backend.ts';
import type { Clock } from '../core/clock.ts';
import type { ExternalAgent } from '../core/external-agent.ts';
import type { Gate } from '../core/gate.ts';
import type { PriceTable } from '../core/usage.ts';
import { createActionDesk } from './external/action-desk.ts';
import { createExternalBackend } from './external/external-backend.ts';
import { PERMIT } from './instructions/actions.ts';
import { createModelAgent } from './loop.ts';

export interface ExternalParticipantOptions {
	id: string;
	/** The agent's own character; may be empty. */
	systemMessage: string;
	/** Owned by the participant: `close` closes it. */
	agent: ExternalAgent;
	/** Whose prices count for what it uses. */
	provider: string;
	model: string;
	/** Puts the budgets before its replies. */
	metered(backend: Backend): Backend;
	gate: Gate;
	prices: PriceTable;
	clock: Clock;
}

/**
 * An agent of another system at the table. It is told what our own agents are told; it votes by calls, in writing where it
 * cannot be given tools; what it must be approved for goes to the gate as a call, and the turn goes on from there.
 */
export function createExternalParticipant(options: ExternalParticipantOptions): Agent {
	const { id, systemMessage, agent, provider, model, gate, prices, clock } = options;
	const desk = createActionDesk(agent.framework);
	const backend = options.metered(createExternalBackend({ agent, desk, provider, model, clock }));
	const permit = { id: 'permit', name: PERMIT.name, arguments: JSON.stringify({ agent: id, system: agent.framework }) };
	const participant = createModelAgent({
		...{ id, systemMessage, backend, toolsets: [desk.toolset], gate, prices, clock },
		before: agent.ownTools === 'ungated' ? permit : null,
	});
	return {
		id,
		run: participant.run,
		async close() {
			await participant.close();
			await agent.close();
		},
	};
}
