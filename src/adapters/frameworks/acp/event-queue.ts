import type { ExternalEvent } from '../../../core/external-agent.ts';

/** Hands over what comes by callbacks as a stream. */
export interface EventQueue {
	push(event: ExternalEvent): void;
	/** Nothing more is pushed. */
	end(): void;
	/** Ends with `end`. For one reader. */
	events(): AsyncGenerator<ExternalEvent, void>;
}

export function createEventQueue(): EventQueue {
	const waiting: ExternalEvent[] = [];
	let isOver = false;
	let more = Promise.withResolvers<void>();
	return {
		push(event) {
			waiting.push(event);
			more.resolve();
		},
		end() {
			isOver = true;
			more.resolve();
		},
		async *events() {
			for (;;) {
				yield* waiting.splice(0);
				if (isOver && waiting.length === 0) return;
				await more.promise;
				more = Promise.withResolvers();
			}
		},
	};
}
