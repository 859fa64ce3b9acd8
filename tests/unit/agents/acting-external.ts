import type { ExternalAgent, ExternalEvent, ExternalRequest } from '../../../src/core/external-agent.ts';
import { unknownUsage } from '../../../src/core/usage.ts';

/** An agent of another system that answers as `act` does, and remembers what it was asked. */
export function actingExternal(
	act: (
		request: ExternalRequest,
		count: number,
		signal: AbortSignal,
	) => Iterable<ExternalEvent> | AsyncIterable<ExternalEvent>,
	more: Partial<ExternalAgent> = {},
): ExternalAgent & { asked: ExternalRequest[] } {
	const asked: ExternalRequest[] = [];
	return {
		...{ framework: 'acting', callsTools: false, ownTools: 'none', asked },
		async *reply(request, signal) {
			asked.push(request);
			yield* act(request, asked.length - 1, signal);
		},
		async close() {},
		...more,
	};
}

export const said = (text: string): ExternalEvent => ({ type: 'finished', text, usage: unknownUsage });
