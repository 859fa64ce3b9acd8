import type { Clock } from '../../../core/clock.ts';
import type { BotError } from '../../../core/errors.ts';
import { isPassing, toStoreError } from './failure.ts';

export interface LineOptions {
	clock: Clock;
	/** The server, as it may be shown. */
	address: string;
	/** How long (ms) a request is sent again after failures that pass. */
	patience: number;
	isUp(): boolean;
	/** A request was answered. */
	onAnswer(): void;
	/** A request failed in a way that passes; it waits for `sendAll`. */
	onStuck(thrown: unknown): void;
}

/** Requests that wait for their answers, in the order of their calls. */
export interface Line {
	/** Sends at once, or with the next `sendAll` when the link is not up. */
	add<Reply>(send: () => Promise<Reply>): Promise<Reply>;
	/** Sends all that wait, again where they had been sent. */
	sendAll(): void;
	abandon(error: BotError): void;
	isEmpty(): boolean;
	/** Resolves when nothing waits any more, or after `most` milliseconds. */
	drained(most: number): Promise<void>;
}

interface Waiting {
	send(): Promise<void>;
	reject(error: BotError): void;
}

export function createLine({ clock, address, patience, isUp, onAnswer, onStuck }: LineOptions): Line {
	const waiting = new Set<Waiting>();
	let onEmpty = () => {};
	const leave = (one: Waiting) => {
		waiting.delete(one);
		if (waiting.size === 0) onEmpty();
	};
	return {
		add: <Reply>(send: () => Promise<Reply>) =>
			new Promise<Reply>((resolve, reject) => {
				const since = clock.now();
				const one: Waiting = {
					reject,
					async send() {
						try {
							resolve(await send());
						} catch (thrown) {
							if (isPassing(thrown) && clock.now() - since < patience) return onStuck(thrown);
							reject(toStoreError(thrown, address));
						}
						onAnswer();
						leave(one);
					},
				};
				waiting.add(one);
				if (isUp()) void one.send();
			}),
		sendAll() {
			for (const one of waiting) void one.send();
		},
		abandon(error) {
			for (const one of waiting) {
				one.reject(error);
				leave(one);
			}
		},
		isEmpty: () => waiting.size === 0,
		drained: (most) =>
			new Promise((resolve) => {
				const cancel = clock.after(most, resolve);
				onEmpty = () => {
					cancel();
					resolve();
				};
				if (waiting.size === 0) onEmpty();
			}),
	};
}
