/** Time as a port, so that tests own it. */
export interface Clock {
	/** Milliseconds since the epoch. */
	now(): number;
	/** Calls `fire` once after `ms` milliseconds (0 or more); the returned function cancels it. */
	after(ms: number, fire: () => void): () => void;
}

/** Resolves after `ms` milliseconds; rejects with the signal's reason as soon as it aborts. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		if (signal.aborted) return reject(signal.reason);
		const stop = () => {
			cancel();
			reject(signal.reason);
		};
		const cancel = clock.after(ms, () => {
			signal.removeEventListener('abort', stop);
			resolve();
		});
		signal.addEventListener('abort', stop, { once: true });
	});
}

/** A clock whose timers can all be cancelled: when it has ended, none fires any more and none keeps a process alive. */
export function endable({ now, after }: Clock): { clock: Clock; end(): void } {
	const cancels = new Set<() => void>();
	let ended = false;
	return {
		clock: {
			now,
			after(ms, fire) {
				if (ended) return () => {};
				const cancel = after(ms, () => {
					cancels.delete(cancel);
					fire();
				});
				cancels.add(cancel);
				return () => {
					cancels.delete(cancel);
					cancel();
				};
			},
		},
		end() {
			ended = true;
			for (const cancel of cancels) cancel();
			cancels.clear();
		},
	};
}
