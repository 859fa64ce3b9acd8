import { randomUUID } from 'node:crypto';
import type { ErrorCode } from '../../../core/errors.ts';
import type { Inbound } from '../../../core/gateway.ts';
import type { ProgramHost } from '../../../core/program-host.ts';
import type { Say } from '../../../core/say.ts';
import type { LiveThread } from '../shared/live-thread.ts';
import { Refusal } from '../shared/refusal.ts';
import type { ThreadCache } from '../shared/thread-cache.ts';
import type { Client } from './clients.ts';
import { QUEUED, type RunState, stateOf } from './run-state.ts';

export interface Question {
	client: Client;
	session: string;
	/** Names it among those of the client: asked again under the same id, it is the same question. */
	id: string;
	text: string;
	/** Null: the default team. */
	team: string | null;
}

/** A question that was taken. */
export type Taken = Pick<Question, 'client' | 'session' | 'id'>;

/** Questions of other systems, from asking to the answer. */
export interface Questions {
	/** Throws a `Refusal` when it is not taken. */
	ask(question: Question): Promise<void>;
	/**
	 * Tells every state of a question until it is finished; resolves with the last. Rejects with a `Refusal` when there
	 * is no such question, and with the reason of `signal`.
	 */
	follow(taken: Taken, tell: (state: RunState) => void, signal: AbortSignal): Promise<RunState>;
	/** How a question stands; null: there is no such question. */
	look(taken: Taken): Promise<RunState | null>;
	/** Stops the run of a question, once it has begun. False: it is over. Throws a `Refusal` when that is not allowed. */
	stop(taken: Taken): Promise<boolean>;
	/** Takes what the bot says of something that was submitted; false when nobody waits for it any more. */
	take(inbound: Inbound, text: string): boolean;
	/** Stops a question that nobody waits for any more, when it begins at the latest. Never rejects. */
	abandon(taken: Taken): Promise<void>;
	/** Ends what is followed. */
	end(): void;
}

export interface QuestionOptions {
	host: () => ProgramHost;
	threads: ThreadCache;
	/** Throws a `Refusal` for one question of a client too many. */
	countQuestion(client: string): void;
	say: Say;
	/** What nobody waits for could not be stopped. */
	onProblem(error: unknown): void;
}

const STATUS: Partial<Record<ErrorCode, number>> = {
	not_permitted: 403,
	team_unknown: 404,
	run_unknown: 404,
	bug: 500,
	config_invalid: 503,
	config_missing: 503,
	store_failed: 503,
	store_full: 503,
	store_conflict: 503,
};

export function createQuestions(options: QuestionOptions): Questions {
	const { host, threads, say } = options;
	const open = new Map<string, string[]>();
	const closing = new AbortController();

	const submit = async (inbound: Inbound): Promise<readonly string[]> => {
		const said: string[] = [];
		open.set(inbound.id, said);
		const code = await host()
			.submit(inbound)
			.finally(() => open.delete(inbound.id));
		if (code === null) return said;
		throw new Refusal(STATUS[code] ?? 400, code, said.join('\n') || say('web.internal'));
	};

	const look: Questions['look'] = async (taken) => {
		const { session } = taken;
		const asked = await host().asked(session, inboundOf(taken));
		if (asked === null) return null;
		if (asked.type === 'queued') return QUEUED;
		return (await threads.open(session, (thread) => stateIn(thread, asked.run))) ?? QUEUED;
	};

	const ask: Questions['ask'] = async ({ text, team, ...taken }) => {
		const { client, session } = taken;
		const id = inboundOf(taken);
		options.countQuestion(client.name);
		const given = { question: text, ...(team === null ? {} : { team }) };
		const { principal } = client;
		const said = await submit({ type: 'command', id, principal, session, name: 'ask', options: given });
		if ((await host().asked(session, id)) !== null) return;
		throw new Refusal(400, 'refused', said.join('\n') || say('web.not_begun'));
	};

	const follow: Questions['follow'] = async (taken, tell, signal) => {
		const { session } = taken;
		const over = AbortSignal.any([signal, closing.signal]);
		const gone = () => new Refusal(404, 'question_unknown', say('served.question_unknown'));
		const { promise, resolve, reject } = Promise.withResolvers<RunState>();
		const asked = () => host().asked(session, inboundOf(taken));
		const unwatch = await threads.open(session, watch({ tell, resolve, reject, gone, asked }));
		const stop = () => reject(signal.aborted ? signal.reason : new Refusal(503, 'ending', say('served.ending')));
		if (unwatch === null) reject(gone());
		else if (over.aborted) stop();
		else over.addEventListener('abort', stop, { once: true });
		return promise.finally(() => {
			over.removeEventListener('abort', stop);
			unwatch?.();
		});
	};

	const stop: Questions['stop'] = async (taken) => {
		const { client, session } = taken;
		const state = await look(taken);
		if (state === null || state.run === null || state.result !== null) return false;
		const { principal } = client;
		const given = { run: state.run };
		await submit({ type: 'command', id: randomUUID(), principal, session, name: 'stop', options: given });
		return true;
	};

	return {
		look,
		ask,
		follow,
		stop,
		async abandon(taken) {
			const begun = new AbortController();
			const onceBegun = ({ run }: RunState) => {
				if (run !== null) begun.abort();
			};
			await follow(taken, onceBegun, begun.signal).catch(() => {});
			if (begun.signal.aborted) await stop(taken).catch(options.onProblem);
		},
		take(inbound, text) {
			const said = open.get(inbound.id);
			said?.push(text);
			return said !== undefined;
		},
		end: () => closing.abort(),
	};
}

/** Two clients may call different questions the same. */
const inboundOf = ({ client, id }: Taken) => `${client.name} ${id}`;

interface Watch {
	asked(): ReturnType<ProgramHost['asked']>;
	tell(state: RunState): void;
	resolve(state: RunState): void;
	reject(error: unknown): void;
	gone(): Refusal;
}

/** Follows a question in its thread, from before its run has begun; the result ends that. */
function watch({ asked, tell, resolve, reject, gone }: Watch): (thread: LiveThread) => () => void {
	let run: string | null = null;
	let isLooking = false;
	/** Something has changed while it was looked up. */
	let isStale = false;
	return (thread) => {
		const show = (state: RunState) => {
			tell(state);
			if (state.result !== null) resolve(state);
		};
		const find = async (): Promise<void> => {
			isLooking = true;
			isStale = false;
			const found = await asked().finally(() => {
				isLooking = false;
			});
			if (found === null) return reject(gone());
			if (found.type === 'started') run = found.run;
			show(run === null ? QUEUED : stateIn(thread, run));
			if (run === null && isStale) await find();
		};
		const changed = () => {
			if (run !== null) show(stateIn(thread, run));
			else if (isLooking) isStale = true;
			else find().catch(reject);
		};
		changed();
		return thread.watch(changed);
	};
}

function stateIn(thread: LiveThread, run: string): RunState {
	const own = [...thread.slots().values()].filter((slot) => slot.run === run);
	return stateOf(
		run,
		own.map(({ message }) => message),
	);
}
