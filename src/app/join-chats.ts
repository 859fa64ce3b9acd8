import { type Clock, sleep } from '../core/clock.ts';
import { BotError, messageOf, sentenceOf } from '../core/errors.ts';
import type { Gateway, GatewayHost } from '../core/gateway.ts';
import type { Say } from '../core/say.ts';

/** A gateway of a chat platform, which may fail without harm to the others. */
export interface ChatGateway extends Gateway {
	/** What can be said of it when it is up. */
	about(): string;
}

export interface JoinOptions {
	gateways: readonly ChatGateway[];
	host: GatewayHost;
	clock: Clock;
	say: Say;
	/** Aborts when the program ends. */
	signal: AbortSignal;
	/** It is up now; may come after `joinChats` has resolved. */
	onJoined(gateway: ChatGateway): void;
	/** It will not be up in this process. */
	onRefused(gateway: ChatGateway): void;
	/** Told in one sentence why one is not up, once for each. */
	onProblem(text: string): void;
}

/** Wait before a platform is tried again, in ms; it doubles with each try, up to the longest: logins are counted. */
const RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 300_000;
/** How long everything else waits for a platform at the start, in milliseconds. */
const PATIENCE_MS = 5_000;

/**
 * Goes to the chat platforms. Resolves when each was tried once or has taken its time for that; what could not be
 * reached is tried again until it can, or the program ends. A `BotError` of a gateway is its last word. Never rejects.
 */
export async function joinChats(options: JoinOptions): Promise<void> {
	await Promise.all(options.gateways.map((gateway) => firstTry(gateway, options)));
}

async function firstTry(gateway: ChatGateway, options: JoinOptions): Promise<void> {
	const { clock, say, signal, onProblem } = options;
	const tried = Promise.withResolvers<void>();
	void join(gateway, options, () => tried.resolve()).catch((error: unknown) => {
		if (!signal.aborted) onProblem(messageOf(error));
	});
	const stop = clock.after(PATIENCE_MS, () => {
		onProblem(say('chats.slow', { name: gateway.name }));
		tried.resolve();
	});
	await tried.promise.finally(stop);
}

async function join(gateway: ChatGateway, options: JoinOptions, onTried: () => void): Promise<void> {
	const { host, clock, say, signal } = options;
	for (let tries = 1; ; tries += 1) {
		try {
			await gateway.start(host);
			if (!signal.aborted) options.onJoined(gateway);
			return onTried();
		} catch (error) {
			if (signal.aborted) return;
			if (error instanceof BotError) {
				options.onRefused(gateway);
				options.onProblem(sentenceOf(error));
				return onTried();
			}
			if (tries === 1) options.onProblem(`${sentenceOf(error)} ${say('chats.tried_again')}`);
			onTried();
		}
		await sleep(clock, Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** (tries - 1)), signal);
	}
}
