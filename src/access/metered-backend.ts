import type { Backend, BackendEvent, BackendFailure, BackendRequest } from '../core/backend.ts';
import { sentenceOf } from '../core/errors.ts';
import type { PlannedCall, Reservation, Spending } from '../core/spending.ts';
import { unknownUsage } from '../core/usage.ts';

/** Calls that no provider bills: they were refused, or did not arrive. */
const UNBILLED: readonly BackendFailure[] = [
	...(['authentication', 'permission', 'model_unknown', 'request_invalid', 'context_too_long'] as const),
	...(['rate_limited', 'quota_exhausted', 'overloaded', 'unreachable'] as const),
];

/** A backend whose calls are made only as far as the budgets reach. Without limits it is the backend itself. */
export function meteredBackend(
	backend: Backend,
	spending: Spending,
	given: Pick<PlannedCall, 'payer' | 'maxOutputTokens'>,
): Backend {
	if (!spending.isLimited) return backend;
	const { name, provider, model } = backend;
	return {
		...{ name, provider, model },
		async *stream(request: BackendRequest, signal: AbortSignal): AsyncGenerator<BackendEvent, void> {
			let reservation: Reservation | null;
			try {
				reservation = await spending.reserve({ provider, model, ...given, request });
			} catch (thrown) {
				yield refusal(`The budgets cannot be read or written, so no model is called: ${sentenceOf(thrown)}`);
				return;
			}
			if (reservation === null) {
				yield refusal(
					'A budget is used up: the call could have cost more than is left. Ask whoever runs the bot, or wait.',
				);
				return;
			}
			let isSettled = false;
			const settle = (usage: Parameters<Reservation['settle']>[0]) => {
				isSettled = true;
				return reservation.settle(usage);
			};
			try {
				for await (const event of backend.stream(request, signal)) {
					if (event.type === 'finished') await settle(event.usage);
					if (event.type === 'failed') await settle(isUnbilled(event) ? null : event.usage);
					yield event;
				}
			} finally {
				if (!isSettled) await settle(unknownUsage);
			}
		},
	};
}

const isUnbilled = ({ failure, usage }: BackendEvent & { type: 'failed' }) =>
	UNBILLED.includes(failure) && usage.inputTokens === null && usage.outputTokens === null;

const refusal = (message: string): BackendEvent => ({
	type: 'failed',
	failure: 'quota_exhausted',
	retryable: false,
	message,
	usage: unknownUsage,
});
