import type { PolicyBook } from './approvals/policy-book.ts';
import type { ToolBook } from './approvals/tool-book.ts';
import { maskSecrets } from './config/mask-secrets.ts';
import type { RoleBook } from './core/access.ts';
import type { Person } from './core/approval.ts';
import { type Audit, actorOf } from './core/audit.ts';
import type { Bot, SessionView, Why } from './core/command.ts';
import { BotError, isRunHeld, messageOf } from './core/errors.ts';
import type { ApprovalDesk } from './core/gate.ts';
import type { Principal } from './core/gateway.ts';
import type { MemoryBook } from './core/memory.ts';
import { plainShowing, type Showing } from './core/run.ts';
import type { Say } from './core/say.ts';
import { channelSessionId, decodeSessionId, isChannel, isSamePlace } from './core/session-id.ts';
import type { Team } from './core/team.ts';
import { type AudienceOptions, audienceOf } from './observers/audience.ts';
import { incompleteThreads } from './observers/slot-records.ts';
import { viewOf } from './observers/thread.ts';
import { messagesOf } from './observers/thread-messages.ts';
import { createLeftRuns } from './runs/left-runs.ts';
import type { RunLimit } from './runs/run-places.ts';
import { checkQuestion, type HeldRun, newRunId, type Runs } from './runs/runs.ts';
import { readDigest } from './sessions/digest-record.ts';
import { fitHistory } from './sessions/fit-history.ts';
import { queueMessage } from './sessions/queue-message.ts';
import { rated } from './sessions/rating.ts';
import { retryable } from './sessions/retryable.ts';
import { createRunLine } from './sessions/run-line.ts';
import { pastOf, summaryOf } from './sessions/said-in.ts';
import type { SessionRecord, Waiting } from './sessions/session-record.ts';
import { type BeginRequest, createSessions, type Sessions } from './sessions/sessions.ts';
import { statusOf } from './sessions/status-of.ts';
import { eachOnce, takeFiles } from './sessions/take-files.ts';

export interface BotOptions extends AudienceOptions {
	runs: Runs;
	/** The team by name (null: the default team). Throws `team_unknown` or `config_invalid` for the person. */
	teamOf(name: string | null): Promise<Team>;
	teams: Bot['teams'];
	tools: ToolBook;
	desk: ApprovalDesk;
	roles: RoleBook;
	audit: Audit;
	policyBook: PolicyBook;
	/** How many runs go on at a time. */
	limit: RunLimit;
	/** Characters of the conversation so far that agents are told; see `fitHistory`. */
	historyLimit: number;
	/** Left out or null: nothing is remembered beyond a conversation. */
	memory?: MemoryBook | null;
	/** A run has ended and its thread is shown. */
	onShown?(run: string): void;
	/** A run had to be left because its journal could not be written. It can be resumed; see `takeUpLost`. */
	onLost(run: string, error: unknown): void;
}

/** The bot's use cases, and what the process needs to begin and end cleanly. */
export interface RunningBot extends Bot {
	readonly sessions: Sessions;
	/** Resolves when the run has finished or was suspended and its thread is shown. Rejects as the run does. */
	ended(run: string): Promise<'finished' | 'suspended'>;
	/** Takes up every run, every queue and every thread that an earlier process left. */
	recover(): Promise<void>;
	/** Goes on with the runs that this process had to leave while the store was away, as soon as it is back. */
	takeUpLost(): Promise<void>;
	/**
	 * Takes up what processes that are gone have left since: runs whose threads are shown here, and what waits behind
	 * them. To be called every few seconds where other processes are at the same store.
	 */
	tend(): Promise<void>;
	/**
	 * Ends what an earlier process left in a session: resumes its run and what waits behind it. Resolves when nothing is
	 * left, or the program is told to end.
	 */
	endLeft(session: string): Promise<void>;
	/** Shows a finished run's thread once more, where it has changed. Does nothing for any other. */
	showAgain(run: string): Promise<void>;
	/** Resolves when every session whose run has ended and is shown has heard of it, or cannot. Never rejects. */
	settled(): Promise<void>;
}

type Ending = Promise<'finished' | 'suspended'>;

/** Threads in one list. */
const MOST_THREADS = 20;

export function createBot(options: BotOptions): RunningBot {
	const { runs, clock, store, onProblem } = options;
	const endings = new Map<string, Ending>();
	const sequels = new Set<Promise<void>>();
	/** Runs that have finished and whose threads are being caught up on. */
	const shown = new Set<string>();
	/** Runs that are being gone on with. */
	const taking = new Set<string>();
	const own = options.sayIn(null);

	const keepTrack = async (sequel: Promise<void>): Promise<void> => {
		sequels.add(sequel);
		await sequel.finally(() => sequels.delete(sequel));
	};

	/** `session` is the run's own: it may be shown elsewhere. */
	const follow = (run: HeldRun, session: string, settled: () => Promise<void>): void => {
		const ending: Ending = run.done.finally(settled);
		endings.set(run.id, ending);
		ending
			.then(async (how) => {
				if (how !== 'finished') return;
				await keepTrack(sessions.ended(session, run.id));
				options.onShown?.(run.id);
			})
			.catch((error) => {
				left.lose(run.id, session, error);
				options.onLost(run.id, error);
			})
			.finally(() => {
				endings.delete(run.id);
				places.freed();
			});
	};

	/** What agents are told of the conversation so far, and the files that came with it. */
	const earlier = async (session: string, runsBefore: readonly string[]) => {
		const { said, attachments, files } = await pastOf(runs, runsBefore);
		const { kept } = await readDigest(store, session);
		return { ...fitHistory(said, kept, options.historyLimit), attachments, files };
	};

	const begin = async (request: BeginRequest, also: Parameters<Runs['start']>[2]): Promise<void> => {
		const { session, run: id, waiting } = request;
		const chosen = await options.teamOf(waiting.team);
		const team = waiting.quick ? { ...chosen, rules: { ...chosen.rules, skipCoordination: true } } : chosen;
		const { history, digest, attachments: sent, files } = await earlier(session, request.lineage);
		const { question, retryOf, showing, requester } = waiting;
		const attachments = eachOnce([...sent, ...waiting.attachments]);
		const audience = audienceOf(options, session, id, showing);
		const known = retryOf === null ? request.lineage : [...request.lineage, retryOf];
		const memories = (await options.memory?.recall({ session, requester, question, known })) ?? [];
		const told = { history, digest, memories, attachments, files };
		const input = { id, session, question, retryOf, team, showing, requester, ...told };
		const run = await runs.start(input, audience, also);
		follow(run, session, audience.settled);
	};

	/** The queue is a message of the session; gateways that show it know it by its place and key. */
	const showQueue = (session: string, waiting: readonly Waiting[]) => {
		const gateway = options.gatewayOf(session);
		if (gateway === null) return;
		const place = { session, run: null };
		const message = queueMessage(waiting, sessions.ahead(session));
		const bodies = gateway.render(message, { place, say: own, verbosity: 'normal' });
		for (const [index, body] of bodies.entries()) {
			const slot = { key: `queue#${index}`, nonce: '', mayExist: true };
			gateway.post(place, slot, body).catch((error: unknown) => onProblem(reasonOf(error)));
		}
	};

	const places = createRunLine({
		...{ clock, limit: options.limit, runs },
		sessions: () => sessions,
		show: ({ session, waiting }) => showQueue(session, waiting),
		onProblem: (error) => onProblem(reasonOf(error)),
	});

	const sessions: Sessions = createSessions({
		store,
		clock,
		places,
		newRunId: () => newRunId(clock.now()),
		begin,
		onQueue: showQueue,
		tooMany({ showing }, count) {
			const userMessage = options.sayIn(showing.locale)('queue.full', { count });
			return new BotError('input_invalid', userMessage);
		},
		onRefused: (_, { question }, error) =>
			onProblem(own('queue.refused', { question: question.slice(0, 80), reason: reasonOf(error) })),
	});

	const take = async (id: string, shownIn: string | null): Promise<string> => {
		const record = await runs.record(id);
		const session = record?.session ?? shownIn ?? '';
		const showing = record === null ? plainShowing : (await runs.input(id)).showing;
		const audience = audienceOf(options, shownIn ?? session, id, showing);
		follow(await runs.resume(id, audience), session, audience.settled);
		return id;
	};

	/** A run that ended before its thread was shown to the end: what is missing there is caught up on. */
	const showAgain = async (id: string): Promise<void> => {
		const record = await runs.record(id);
		if (record?.status !== 'finished' || shown.has(id)) return;
		shown.add(id);
		try {
			const { showing } = await runs.input(id);
			const audience = audienceOf({ ...options, observe: () => {} }, record.session, id, showing);
			audience.held(await runs.claimThread(id));
			for (const event of await runs.events(id)) audience.publish(event);
			await audience.settled();
		} finally {
			shown.delete(id);
		}
	};

	/** A run whose end was written, or that goes on, unless somebody has it. */
	const goOn = async (run: string, session: string): Promise<void> => {
		if (endings.has(run) || shown.has(run) || taking.has(run)) return;
		taking.add(run);
		try {
			if (!(await runs.isFree(run))) return;
			if ((await runs.record(run))?.status !== 'finished') return void (await take(run, null));
			await showAgain(run);
			await sessions.ended(session, run);
		} finally {
			taking.delete(run);
		}
	};

	const onFailed = (run: string, error: unknown) => {
		if (!isRunHeld(error)) onProblem(own('run.not_resumed', { run, reason: reasonOf(error) }));
	};

	const takeFree = async (run: string) => (await runs.isFree(run)) && take(run, null);
	const left = createLeftRuns({ runs, take: takeFree, goOn, onFailed });

	/** The latest that nobody has; otherwise the latest, which may be free in a moment. */
	const latestUnfinished = async (): Promise<string> => {
		const found = (await runs.unfinished()).toReversed();
		for (const { id } of found) if (await runs.isFree(id)) return id;
		const [latest] = found;
		if (latest !== undefined) return latest.id;
		throw new BotError('run_unknown', 'nothing to resume', { userMessage: own('resume.nothing') });
	};

	/** Of the channel. Whoever sits at the machine may go on with any thread of its terminals. */
	const threadsOf = async (session: string): Promise<readonly SessionRecord[]> => {
		const { platform, tenant, channel } = decodeSessionId(session);
		if (platform === 'terminal') return sessions.list(platform, tenant, { limit: MOST_THREADS + 1 });
		return sessions.meant(channelSessionId({ platform, tenant, channel }));
	};

	const threadView = async (record: SessionRecord): Promise<SessionView> => {
		const { session } = record;
		// Where the platform does not say, the thread is listed without.
		const linkTo = async () => (await options.gatewayOf(session)?.linkTo?.(session)) ?? null;
		const link = await linkTo().catch(() => null);
		return { ...(await summaryOf(runs, record)), waiting: record.waiting.length, link };
	};

	/** A run of the session: the one that is named, or its latest. */
	const runIn = async (session: string, wanted: string | null): Promise<string | null> => {
		const record = (await sessions.meant(session)).at(0);
		const run = wanted ?? record?.runs.at(-1)?.run ?? null;
		return record?.runs.some((one) => one.run === run) === true ? run : null;
	};

	return {
		sessions,
		teams: options.teams,
		toolServers: () => options.tools.list(),
		async acceptTools(server, tool, by) {
			const target = { type: 'mcp_server', id: server };
			await options.audit.record([
				{ ...actorOf(by), action: 'tool.accept', target, outcome: 'done', details: { tool } },
			]);
			return options.tools.accept(server, tool);
		},
		roles: options.roles,
		memory: options.memory ?? null,
		showAgain,
		async ask({ id, session, principal, question, team, quick, verbosity, locale, files }) {
			checkQuestion(question);
			await options.teamOf(team);
			const attachments = await takeFiles(store, files, options.sayIn(locale));
			const showing: Showing = { askedBy: principal.user, locale, verbosity };
			const askedAt = clock.now();
			const about = { id, question, team, quick, retryOf: null, askedAt, showing, attachments };
			return sessions.submit(session, { ...about, requester: personOf(principal) });
		},
		resume: async (run, session) => take(run ?? (await latestUnfinished()), session),
		async choose(session, run, orchestration, agent) {
			const isShown = decodeSessionId(session).platform === 'terminal' || (await runs.record(run))?.session === session;
			if (!isShown) return false;
			return runs.signal(run, { type: 'chosen', agent, orchestration });
		},
		async decide(decision, by, how) {
			const decided = await options.desk.decide(decision, by, how);
			return 'refusal' in decided ? decided.refusal : null;
		},
		approvals: (session) => options.desk.open(session),
		async approval(session, id) {
			const found = await options.desk.find(id);
			return found !== null && isSamePlace(found.session, session) ? found : null;
		},
		policy: () => options.policyBook.policy,
		tryPolicy: (question) => options.policyBook.tryCall(question),
		async stop({ session, by, allow, run, locale }) {
			const going = (await sessions.meant(session)).filter(({ active }) => active !== null);
			if (isChannel(session) && going.length > 1) throw severalRunning(going, options.sayIn(locale));
			const active = going.at(0)?.active ?? null;
			if (active === null || (run !== null && run !== active)) return false;
			await allow((await runs.input(active)).showing.askedBy);
			return runs.signal(active, { type: 'cancel', by });
		},
		async retry({ id, session, principal, run: wanted, locale }) {
			const record = (await sessions.meant(session)).at(0) ?? null;
			const run = await retryable(runs, record, wanted, options.sayIn(locale));
			const { question, team, showing, attachments } = await runs.input(run);
			const again: Showing = { ...showing, askedBy: principal.user, locale };
			const common = { id, question, team: team.name, quick: team.rules.skipCoordination, retryOf: run };
			const waiting = { ...common, askedAt: clock.now(), showing: again, attachments, requester: personOf(principal) };
			return sessions.submit(record?.session ?? session, waiting);
		},
		async status(session, locale) {
			const meant = await sessions.meant(session);
			const shown = isChannel(session) ? meant.filter(({ active }) => active !== null) : meant.slice(0, 1);
			return (await Promise.all(shown.map((record) => statusOf(runs, record, options.sayIn(locale))))).flat();
		},
		async threads(session) {
			const records = await threadsOf(session);
			const shown = records.slice(0, MOST_THREADS);
			return { threads: await Promise.all(shown.map(threadView)), more: records.length > shown.length };
		},
		async why(session, wanted): Promise<Why | null> {
			const run = await runIn(session, wanted);
			if (run === null) return null;
			const view = viewOf(await runs.events(run));
			const tallies = messagesOf(view, own).flatMap((message) => (message.type === 'tally' ? [message] : []));
			const agents = view.agents.map(({ id: agent, name, model }) => ({ agent, name, model }));
			return { agents, tallies, memories: view.memories };
		},
		async rate(request) {
			const run = await runIn(request.session, request.run);
			if (run === null) return false;
			await store.commit([rated(run, request)]);
			return true;
		},
		async ended(run) {
			const ending = endings.get(run);
			if (ending !== undefined) return ending;
			const isLeft = (await runs.unfinished()).some((left) => left.id === run);
			return isLeft ? 'suspended' : 'finished';
		},
		async recover() {
			const suspects = await left.takeUp();
			for (const run of await incompleteThreads(store)) {
				if (!endings.has(run) && (await runs.isFree(run)))
					showAgain(run).catch((error: unknown) => onProblem(reasonOf(error)));
			}
			for (const record of await sessions.busy()) {
				const { session, active, waiting } = record;
				if (active === null) sessions.lineUp(record);
				if (waiting.length > 0) showQueue(session, waiting);
				const isLeft = active !== null && !suspects.includes(active) && (await runs.isFree(active));
				if (isLeft) await sessions.ended(session, active);
			}
		},
		async tend() {
			for (const { session, active } of await sessions.busy()) {
				if (active === null || options.gatewayOf(session) === null) continue;
				await goOn(active, session).catch((error: unknown) => onFailed(active, error));
			}
		},
		async takeUpLost() {
			await left.takeUpLost();
			places.freed();
		},
		async endLeft(session) {
			for (;;) {
				const { active = null, waiting = [] } = (await sessions.get(session)) ?? {};
				if (active === null && waiting.length === 0) return;
				if (active === null) {
					await sessions.proceed(session);
					continue;
				}
				if ((await runs.record(active))?.status === 'finished' && !endings.has(active)) {
					await sessions.ended(session, active);
					continue;
				}
				if (runs.live(active) === null) await take(active, null);
				if ((await (endings.get(active) ?? 'finished')) === 'suspended') return;
				while (sequels.size > 0) await Promise.allSettled(sequels);
			}
		},
		async settled() {
			while (sequels.size > 0) await Promise.allSettled(sequels);
		},
	};
}

function severalRunning(going: readonly SessionRecord[], say: Say): BotError {
	const titles = going.map(({ title }) => `“${title.slice(0, 60)}”`).join(', ');
	const userMessage = say('stop.several', { count: going.length, titles });
	return new BotError('input_invalid', 'several runs', { userMessage });
}

const personOf = ({ platform, tenant, user }: Principal): Person => ({ platform, tenant, user });

const reasonOf = (error: unknown) => (error instanceof BotError ? error.userMessage : maskSecrets(messageOf(error)));
