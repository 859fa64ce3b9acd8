import type { Clock } from './core/clock.ts';
import type { Bot } from './core/command.ts';
import { BotError } from './core/errors.ts';
import type { Gateway } from './core/gateway.ts';
import type { RunEvent } from './core/run-event.ts';
import type { Say } from './core/say.ts';
import type { Team } from './core/team.ts';
import { createProjector } from './observers/projector.ts';
import type { LiveRun } from './runs/live-run.ts';
import type { Audience, Runs } from './runs/runs.ts';

export interface BotOptions {
	runs: Runs;
	clock: Clock;
	say: Say;
	/** The team by name (null: the default team). Throws `team_unknown` or `config_invalid` for the person. */
	teamOf(name: string | null): Promise<Team>;
	/** Where a session's thread is shown; null when nobody watches it. */
	gatewayOf(session: string): Gateway | null;
	/** Reads every event of every run, before the thread does. Must not throw. */
	observe(event: RunEvent): void;
	/** A thread could not be shown, in a sentence. The run goes on. */
	onProblem(text: string): void;
	/** A run had to be left because its journal could not be written. It can be resumed. */
	onLost(run: string, error: unknown): void;
}

/** The bot's use cases, and what the process needs to end cleanly. */
export interface RunningBot extends Bot {
	/** Resolves when the run has finished or was suspended and its thread is shown. Rejects as the run does. */
	ended(run: string): Promise<'finished' | 'suspended'>;
}

export function createBot(options: BotOptions): RunningBot {
	const { runs, clock, say } = options;
	const endings = new Map<string, Promise<'finished' | 'suspended'>>();

	const audienceOf = (session: string): Audience & { settled(): Promise<void> } => {
		const gateway = options.gatewayOf(session);
		if (gateway === null) return { publish: options.observe, canAsk: false, settled: async () => {} };
		const { onProblem } = options;
		const projector = createProjector({ gateway, session, clock, say, onProblem });
		return {
			canAsk: gateway.capabilities.canAsk,
			settled: projector.settled,
			publish(event) {
				options.observe(event);
				projector.handle(event);
			},
		};
	};

	const follow = (run: LiveRun, settled: () => Promise<void>): string => {
		const ending = run.done.finally(settled);
		endings.set(run.id, ending);
		ending.catch((error) => options.onLost(run.id, error)).finally(() => endings.delete(run.id));
		return run.id;
	};

	const latestUnfinished = async (): Promise<string> => {
		const latest = (await runs.unfinished()).at(-1);
		if (latest !== undefined) return latest.id;
		throw new BotError('run_unknown', 'nothing to resume', {
			userMessage: 'There is no interrupted run to continue. Ask a question to start one.',
		});
	};

	return {
		async ask({ session, question, team: name, quick }) {
			const chosen = await options.teamOf(name);
			const team = quick ? { ...chosen, rules: { ...chosen.rules, skipCoordination: true } } : chosen;
			const audience = audienceOf(session);
			return follow(await runs.start({ session, question, history: [], team }, audience), audience.settled);
		},
		async resume(run, session) {
			const audience = audienceOf(session);
			return follow(await runs.resume(run ?? (await latestUnfinished()), audience), audience.settled);
		},
		choose: async (run, agent) => (await runs.live(run)?.signal({ type: 'chosen', agent })) ?? false,
		stop: async (run) => (await runs.live(run)?.signal({ type: 'cancel' })) ?? false,
		async ended(run) {
			const ending = endings.get(run);
			if (ending !== undefined) return ending;
			const isLeft = (await runs.unfinished()).some((left) => left.id === run);
			return isLeft ? 'suspended' : 'finished';
		},
	};
}
