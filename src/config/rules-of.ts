import { type Rules, rulesSchema } from '../core/team.ts';
import type { OrchestratorConfig, TimeoutConfig } from './team-schema.ts';

/** MassGen's own default. */
const MAX_TASKS = 10;

/** A team's rules from MassGen's keys and ours. What the file leaves out keeps the default of the core. */
export function rulesOf(
	orchestrator: OrchestratorConfig | undefined,
	timeouts: TimeoutConfig | undefined,
	runTimeoutSeconds: number | null,
): Rules {
	const coordination = orchestrator?.coordination;
	const budget = orchestrator?.budget;
	const runSeconds = runTimeoutSeconds ?? timeouts?.orchestrator_timeout_seconds;
	return rulesSchema.parse({
		schedule: orchestrator?.schedule,
		sensitivity: orchestrator?.voting_sensitivity,
		novelty: orchestrator?.answer_novelty_requirement,
		answerLimit: orchestrator?.max_new_answers_per_agent,
		selfVotes: orchestrator?.self_votes,
		tieBreak: orchestrator?.tie_break,
		quorum: orchestrator?.quorum,
		restarts: coordination?.max_orchestration_restarts,
		skipCoordination: orchestrator?.skip_coordination_rounds,
		replyLimit: orchestrator?.reply_limit,
		failureLimit: orchestrator?.failure_limit,
		stepLimit: orchestrator?.step_limit,
		mostTools: orchestrator?.max_tools_offered,
		maxTasks: coordination?.enable_agent_task_planning === true ? (coordination.max_tasks_per_plan ?? MAX_TASKS) : null,
		planning: coordination?.enable_planning_mode,
		deadlines: {
			firstAnswerMs: milliseconds(timeouts?.first_answer_seconds),
			turnMs: milliseconds(timeouts?.turn_seconds),
			presentationMs: milliseconds(timeouts?.presentation_seconds),
			choiceMs: milliseconds(timeouts?.choice_seconds),
			runMs: milliseconds(runSeconds),
		},
		budget: {
			costMicroUsd: scaled(budget?.max_cost_usd, 1_000_000),
			tokens: budget?.max_tokens,
			modelCalls: budget?.max_model_calls,
		},
	});
}

/** Undefined keeps the default; null and 0 mean none. */
function milliseconds(seconds: number | null | undefined): number | null | undefined {
	return seconds === 0 ? null : scaled(seconds, 1000);
}

const scaled = (amount: number | null | undefined, by: number) =>
	typeof amount === 'number' ? Math.max(1, Math.round(amount * by)) : amount;
