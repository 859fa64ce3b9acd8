import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Doorkeeper } from './access/doorkeeper.ts';
import { maskSecrets } from './config/mask-secrets.ts';
import type { Permission } from './core/access.ts';
import type { Clock } from './core/clock.ts';
import type { Bot, Command } from './core/command.ts';
import { type CommandForm, formsOf } from './core/command-form.ts';
import { BotError, messageOf } from './core/errors.ts';
import type { Inbound, Principal } from './core/gateway.ts';
import type { Say } from './core/say.ts';
import { allRecords, isCommitted, type Store, type StoreChange, type StoredRecord } from './core/store.ts';

/** Events that were taken, so that a second delivery is known. */
const SEEN = 'inbound';
/** Events that are being handled; one that stays was left by a process that died. */
const OPEN = 'inbound-open';
/** How long a platform may deliver the same event again, in milliseconds. */
const SEEN_FOR_MS = 24 * 3_600_000;
/** After this time (ms) nobody handles an event any more. */
const LEFT_AFTER_MS = 60_000;

export interface DispatchOptions {
	store: Store;
	clock: Clock;
	bot: Bot;
	doorkeeper: Doorkeeper;
	/** Texts in a language; null: the process's own. */
	sayIn(locale: string | null): Say;
	commands: readonly Command[];
	/** Something that is not the person's fault. */
	onProblem(error: unknown): void;
}

type Reply = (text: string) => Promise<void>;

const openSchema = z.object({
	at: z.number(),
	/** The process that handles it. */
	by: z.string(),
	/** Null: it came with files, which are not kept here. */
	inbound: z.unknown(),
});
const seenSchema = z.object({ at: z.number() });

/**
 * From what a person did to the use case: drops a second delivery, finds the command, checks its options.
 * Never throws; what went wrong is replied, and returned for gateways that end with an exit code.
 */
export function createDispatch(options: DispatchOptions) {
	const { store, clock, bot, doorkeeper } = options;
	const commands = new Map(options.commands.map((command) => [command.name, command]));
	const forms = lazily(() => formsOf(options.commands));
	const boot = randomUUID();

	/** True when this process is to handle it: it is new, or was left half done. */
	const claim = async (inbound: Inbound): Promise<boolean> => {
		const key = keyOf(inbound);
		const at = clock.now();
		const open = { at, by: boot, inbound: withoutFiles(inbound) };
		const isNew = await isCommitted(() =>
			store.commit([
				{ type: 'put', kind: SEEN, key, value: { at }, version: 0 },
				{ type: 'put', kind: OPEN, key, value: open },
			]),
		);
		if (isNew) return true;
		const found = await store.get(OPEN, key);
		const known = openSchema.safeParse(found?.value).data;
		if (found === null || known === undefined || !isLeft(known)) return false;
		return isCommitted(() => store.commit([{ type: 'put', kind: OPEN, key, value: open, version: found.version }]));
	};

	const isLeft = ({ at, by }: { at: number; by: string }) => by !== boot && clock.now() - at >= LEFT_AFTER_MS;

	const finish = async (inbound: Inbound): Promise<void> => {
		await store.commit([{ type: 'delete', kind: OPEN, key: keyOf(inbound) }]);
	};

	const handle = async (inbound: Inbound, reply: Reply): Promise<void> => {
		const locale = inbound.locale ?? null;
		const say = options.sayIn(locale);
		if (inbound.type === 'choice') {
			await doorkeeper.demand(inbound, 'choose', 'run:start', say);
			const { session, run, orchestration, agent } = inbound;
			const taken = await bot.choose(session, run, orchestration, agent);
			if (!taken) await reply(say('choice.closed'));
			return;
		}
		if (inbound.type === 'decision') {
			const { decision, principal, via, id } = inbound;
			const answer = await bot.decide(decision, principal, { via, locale, request: id });
			if (answer !== null) await reply(answer);
			return;
		}
		const { id, session, principal, files = [] } = inbound;
		const command = commands.get(inbound.name);
		const isKnown = command !== undefined && (command.reach === 'everywhere' || principal.platform === 'terminal');
		if (!isKnown) throw refused(say('command.unknown', { name: inbound.name, known: namesOf(forms()) }));
		const demand = (permission: Permission) => doorkeeper.demand(inbound, command.name, permission, say);
		await demand(command.permission);
		const parsed = command.options.safeParse(inbound.options);
		if (!parsed.success) throw refused(`${inbound.name}: ${z.prettifyError(parsed.error)}`);
		const about = { id, session, principal, locale, files };
		await command.run(parsed.data, bot, { ...about, say, commands: forms(), demand, reply });
	};

	const dispatch = async (inbound: Inbound, reply: Reply): Promise<BotError | null> => {
		try {
			if (!(await claim(inbound))) return null;
			await handle(inbound, reply).finally(() => finish(inbound).catch(options.onProblem));
			return null;
		} catch (thrown) {
			const error = thrown instanceof BotError ? thrown : bugOf(thrown, options.sayIn(inbound.locale ?? null));
			if (error.code === 'bug') options.onProblem(error);
			await reply(error.userMessage).catch(options.onProblem);
			return error;
		}
	};

	return {
		dispatch,
		/** What people can ask for anywhere, in the order of the help text. */
		forms,
		/** Handles what processes that died have left half done. An event with files is left: it must be sent again. */
		async recover(replyTo: (inbound: Inbound, text: string) => Promise<void>): Promise<void> {
			for await (const { value } of allRecords(store, OPEN)) {
				const open = openSchema.safeParse(value).data;
				const left = (open?.inbound ?? null) as Inbound | null;
				if (open === undefined || left === null || !isLeft(open)) continue;
				const inbound = { ...left, principal: asUnknown(left.principal) };
				await handle(inbound, (text) => replyTo(inbound, text)).catch(options.onProblem);
				await finish(inbound);
			}
		},
		/** Forgets events that no platform delivers again. */
		async forgetOld(): Promise<void> {
			const isOld = ({ value }: StoredRecord) =>
				(seenSchema.safeParse(value).data?.at ?? 0) < clock.now() - SEEN_FOR_MS;
			for (const kind of [SEEN, OPEN]) {
				const old: StoreChange[] = [];
				for await (const record of allRecords(store, kind)) {
					if (isOld(record)) old.push({ type: 'delete', kind, key: record.key });
				}
				for (let from = 0; from < old.length; from += 500) await store.commit(old.slice(from, from + 500));
			}
		},
	};
}

/** What the platform said of somebody then is asked for again. What it does itself stays so. */
function asUnknown({ kind, ...who }: Principal): Principal {
	return kind === 'platform' ? { ...who, kind } : { ...who, roles: null };
}

function withoutFiles(inbound: Inbound): Inbound | null {
	if (inbound.type !== 'command') return inbound;
	const { files = [], ...plain } = inbound;
	return files.length === 0 ? plain : null;
}

function lazily<T>(make: () => T): () => T {
	let made: T | undefined;
	return () => {
		made ??= make();
		return made;
	};
}

const namesOf = (forms: readonly CommandForm[]) => forms.map(({ name }) => name).join(', ');

/** Platforms choose the length and the characters of their ids; the store takes short keys. */
const keyOf = ({ id, principal }: Inbound) =>
	createHash('sha256')
		.update(JSON.stringify([principal.platform, principal.tenant, id]))
		.digest('hex');

function refused(message: string): BotError {
	return new BotError('input_invalid', message);
}

function bugOf(thrown: unknown, say: Say): BotError {
	const message = maskSecrets(messageOf(thrown));
	return new BotError('bug', message, { cause: thrown, userMessage: say('command.bug', { reason: message }) });
}
