import { createHash } from 'node:crypto';
import { z } from 'zod';
import { maskSecrets } from './config/mask-secrets.ts';
import type { Clock } from './core/clock.ts';
import type { Bot, Command } from './core/command.ts';
import { BotError, messageOf } from './core/errors.ts';
import type { Inbound } from './core/gateway.ts';
import type { Say } from './core/say.ts';
import type { Store } from './core/store.ts';

const SEEN = 'inbound';
/** How long a platform may deliver the same event again, in milliseconds. */
const SEEN_FOR_MS = 24 * 3_600_000;

export interface DispatchOptions {
	store: Store;
	clock: Clock;
	bot: Bot;
	say: Say;
	commands: readonly Command[];
	/** Something that is not the person's fault. */
	onProblem(error: unknown): void;
}

/**
 * From what a person did to the use case: drops a second delivery, finds the command, checks its options.
 * Never throws; what went wrong is replied, and returned for gateways that end with an exit code.
 */
export function createDispatch(options: DispatchOptions) {
	const { store, clock, bot } = options;
	const commands = new Map(options.commands.map((command) => [command.name, command]));

	const isFirst = async ({ id, principal }: Inbound): Promise<boolean> => {
		const key = keyOf(principal.platform, principal.tenant, id);
		try {
			await store.commit([{ type: 'put', kind: SEEN, key, value: { at: clock.now() }, version: 0 }]);
			return true;
		} catch (error) {
			if (error instanceof BotError && error.code === 'store_conflict') return false;
			throw error;
		}
	};

	const handle = async (inbound: Inbound, reply: (text: string) => Promise<void>): Promise<void> => {
		if (inbound.type === 'choice') {
			const taken = await bot.choose(inbound.run, inbound.orchestration, inbound.agent);
			if (!taken) await reply(options.say('choice.closed'));
			return;
		}
		const command = commands.get(inbound.name);
		if (command === undefined)
			throw refused(`There is no command ${inbound.name}. Known: ${[...commands.keys()].join(', ')}.`);
		const parsed = command.options.safeParse(inbound.options);
		if (!parsed.success) throw refused(`${inbound.name}: ${z.prettifyError(parsed.error)}`);
		const { id, session, principal } = inbound;
		await command.run(parsed.data, bot, { id, session, principal, say: options.say, reply });
	};

	return {
		async dispatch(inbound: Inbound, reply: (text: string) => Promise<void>): Promise<BotError | null> {
			try {
				if (await isFirst(inbound)) await handle(inbound, reply);
				return null;
			} catch (thrown) {
				const error = thrown instanceof BotError ? thrown : bugOf(thrown);
				if (error.code === 'bug') options.onProblem(error);
				await reply(error.userMessage).catch(options.onProblem);
				return error;
			}
		},
		/** Forgets events that no platform delivers again. */
		async forgetOld(): Promise<void> {
			for (let after = ''; ; ) {
				const page = await store.list(SEEN, { after, limit: 1_000 });
				const old = page.filter(({ value }) => atOf(value) < clock.now() - SEEN_FOR_MS);
				if (old.length > 0) await store.commit(old.map(({ key }) => ({ type: 'delete', kind: SEEN, key })));
				const last = page.at(-1);
				if (last === undefined || page.length < 1_000) return;
				after = last.key;
			}
		},
	};
}

/** Platforms choose the length and the characters of their ids; the store takes short keys. */
const keyOf = (...parts: readonly string[]) => createHash('sha256').update(JSON.stringify(parts)).digest('hex');

const seenSchema = z.object({ at: z.number() });

function atOf(value: unknown): number {
	const parsed = seenSchema.safeParse(value);
	return parsed.success ? parsed.data.at : 0;
}

function refused(message: string): BotError {
	return new BotError('input_invalid', message);
}

function bugOf(thrown: unknown): BotError {
	const message = maskSecrets(messageOf(thrown));
	return new BotError('bug', message, {
		cause: thrown,
		userMessage: `Something went wrong inside the bot: ${message}. Nothing is lost; try again, and report it if it stays.`,
	});
}
