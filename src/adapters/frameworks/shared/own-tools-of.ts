import type { ExternalAgent } from '../../../core/external-agent.ts';
import type { ProgramAgentSettings } from '../../../core/external-settings.ts';

/** What a program can do to the world: in a container without a network nothing, unless it is known to ask. */
export function ownToolsOf({ ownTools, program }: ProgramAgentSettings): ExternalAgent['ownTools'] {
	if (ownTools !== null) return ownTools;
	return program.sandbox !== null && program.sandbox.egress.length === 0 ? 'none' : 'ungated';
}
