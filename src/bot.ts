import { maskSecrets } from './config/mask-secrets.ts';
import type { Exchange } from './core/agent.ts';
import type { Clock } from './core/clock.ts';
import type { Bot, RetryRequest } from './core/command.ts';
import { BotError, messageOf } from './core/errors.ts';
import type { Gateway } from './core/gateway.ts';
import type { RunEvent } from './core/run-event.ts';
import type { Say } from './core/say.ts';
import type { Store } from './core/store.ts';
import type { Team } from './core/team.ts';
import { createProjector } from './observers/projector.ts';
import type { LiveRun } from './runs/live-run.ts';
import { type Audience, checkQuestion, newRunId, type Runs } from './runs/runs.ts';
import { queueMessage } from './sessions/queue-message.ts';
import type { Waiting } from './sessions/session-record.ts';
import { type BeginRequest, createSessions, type Sessions } from './sessions/sessions.ts';

export interface BotOptions {
	store: Store;
	runs: Runs;
	clock: Clock;
	say: Say;
	/** The team by name (null: the default team). Throws `team_unknown` or `config_invalid` for the person. */
	teamOf(name: string | null): Promise<Team>;
	/** Where a session's thread is shown; null when nobody watches it. */
	gatewayOf(session: string): Gateway | null;
	/** Reads every event of every run, before the thread does. Must not throw. */
	observe(event: RunEvent): void;
	/** A thread could not be shown, or a question not be begun, in a sentence. */
	onProblem(text: string): void;
	/** A run had to be left because its journal could not be written. It can be resumed. */
	onLost(run: string, error: unknown): void;
}

/** The bot's use cases, and what the process needs to begin and end cleanly. */
export interface RunningBot extends Bot {
	readonly sessions: Sessions;
	/** Resolves when the run has finished or was suspended and its thread is shown. Rejects as the run does. */
	ended(run: string): Promise<'finished' | 'suspended'>;
	/** Takes up every run and every queue that an earlier process left. */
	recover(): Promise<void>;
}

type Ending = Promise<'finished' | 'suspended'>;

export function createBot(options: BotOptions): RunningBot {
	const { runs, clock, say, store } = options;
	const endings = new Map<string, Ending>();

	const audienceOf = (session: string, run: string): Audience & { settled(): Promise<void> } => {
		const gateway = options.gatewayOf(session);
		if (gateway === null) return { publish: options.observe, canAsk: false, settled: async () => {} };
		const { onProblem } = options;
		const projector = createProjector({ gateway, place: { session, run }, clock, say, onProblem });
		return {
			canAsk: gateway.capabilities.canAsk,
			settled: projector.settled,
			publish(event) {
				options.observe(event);
				projector.handle(event);
			},
		};
	};

	/** `session` is the run's own: it may be shown elsewhere. */
	const follow = (run: LiveRun, session: string, settled: () => Promise<void>): void => {
		const ending: Ending = run.done.finally(settled);
		endings.set(run.id, ending);
		ending
			.then(async (how) => {
				if (how === 'finished') await sessions.ended(session, run.id);
			})
			.catch((error) => options.onLost(run.id, error))
			.finally(() => endings.delete(run.id));
	};

	const historyOf = async (lineage: readonly string[]): Promise<Exchange[]> => {
		const exchanges = lineage.map(async (run): Promise<Exchange[]> => {
			const answer = (await runs.record(run))?.result?.answer ?? null;
			return answer === null ? [] : [{ question: (await runs.input(run)).question, answer }];
		});
		return (await Promise.all(exchanges)).flat();
	};

	const begin = async (request: BeginRequest, also: Parameters<Runs['start']>[2]): Promise<void> => {
		const { session, run: id, waiting } = request;
		const chosen = await options.teamOf(waiting.team);
		const team = waiting.quick ? { ...chosen, rules: { ...chosen.rules, skipCoordination: true } } : chosen;
		const history = await historyOf(request.lineage);
		const audience = audienceOf(session, id);
		const { question, retryOf } = waiting;
		const run = await runs.start({ id, session, question, retryOf, history, team }, audience, also);
		follow(run, session, audience.settled);
	};

	/** The queue is one message of the session; gateways know it by its place and key. */
	const showQueue = (session: string, waiting: readonly Waiting[]) => {
		const posted = options.gatewayOf(session)?.post({ session, run: null }, queueMessage(waiting));
		posted?.catch((error: unknown) => options.onProblem(reasonOf(error)));
	};

	const sessions = createSessions({
		store,
		clock,
		newRunId: () => newRunId(clock.now()),
		begin,
		onQueue: showQueue,
		onRefused: (_, { question }, error) =>
			options.onProblem(say('queue.refused', { question: question.slice(0, 80), reason: reasonOf(error) })),
	});

	const take = async (id: string, shownIn: string | null): Promise<string> => {
		const record = await runs.record(id);
		const session = record?.session ?? shownIn ?? '';
		const audience = audienceOf(shownIn ?? session, id);
		follow(await runs.resume(id, audience), session, audience.settled);
		return id;
	};

	const latestUnfinished = async (): Promise<string> => {
		const latest = (await runs.unfinished()).at(-1);
		if (latest !== undefined) return latest.id;
		throw new BotError('run_unknown', 'nothing to resume', { userMessage: say('resume.nothing') });
	};

	return {
		sessions,
		async ask({ id, session, question, team, quick }) {
			checkQuestion(question);
			await options.teamOf(team);
			return sessions.submit(session, { id, question, team, quick, retryOf: null, askedAt: clock.now() });
		},
		resume: async (run, session) => take(run ?? (await latestUnfinished()), session),
		choose: async (run, orchestration, agent) =>
			(await runs.live(run)?.signal({ type: 'chosen', agent, orchestration })) ?? false,
		async stop(session, by) {
			const active = (await sessions.get(session))?.active ?? null;
			if (active === null) return false;
			return (await runs.live(active)?.signal({ type: 'cancel', by })) ?? false;
		},
		retry: async (request) => retryOf(request, sessions, runs, clock, say),
		async ended(run) {
			const ending = endings.get(run);
			if (ending !== undefined) return ending;
			const isLeft = (await runs.unfinished()).some((left) => left.id === run);
			return isLeft ? 'suspended' : 'finished';
		},
		async recover() {
			// What keeps one run from going on must not keep the others, and new questions, from being answered.
			for (const { id } of await runs.unfinished()) {
				await take(id, null).catch((error) =>
					options.onProblem(say('run.not_resumed', { run: id, reason: reasonOf(error) })),
				);
			}
			for (const { session, active, waiting } of await sessions.busy()) {
				if (waiting.length > 0) showQueue(session, waiting);
				if (active !== null && runs.live(active) === null) await sessions.ended(session, active);
			}
		},
	};
}

async function retryOf(request: RetryRequest, sessions: Sessions, runs: Runs, clock: Clock, say: Say) {
	const { id, session } = request;
	const record = await sessions.get(session);
	const run = request.run ?? record?.runs.at(-1)?.run ?? null;
	if (record === null || run === null || !record.runs.some((one) => one.run === run)) {
		throw new BotError('run_unknown', 'nothing to retry', { userMessage: say('retry.nothing') });
	}
	if (record.active === run) {
		throw new BotError('input_invalid', 'still running', { userMessage: say('retry.running') });
	}
	const { question, team } = await runs.input(run);
	const quick = team.rules.skipCoordination;
	return sessions.submit(session, { id, question, team: team.name, quick, retryOf: run, askedAt: clock.now() });
}

const reasonOf = (error: unknown) => (error instanceof BotError ? error.userMessage : maskSecrets(messageOf(error)));
