import { describe, expect, it } from 'vitest';
import { rulesSchema } from '../../../src/core/team.ts';
import { loaded, TWO, teamOf } from './check.ts';

const rulesOf = async (lines: string) => teamOf(await loaded(`${TWO}${lines}\n`)).team.rules;

describe('rules', () => {
	it('are those of the core when the file is silent', async () => {
		expect(await rulesOf('')).toEqual(rulesSchema.parse({}));
	});

	it('each key of the orchestrator', async () => {
		const rules = await rulesOf(
			[
				'orchestrator:',
				'  voting_sensitivity: strict',
				'  answer_novelty_requirement: balanced',
				'  max_new_answers_per_agent: 5',
				'  skip_coordination_rounds: true',
				'  coordination: {enable_planning_mode: true, max_orchestration_restarts: 3, enable_agent_task_planning: true, max_tasks_per_plan: 7}',
				'  max_tools_offered: 12',
				'  schedule: eager',
				'  tie_break: requester',
				'  self_votes: false',
				'  quorum: 2',
				'  failure_limit: 4',
				'  reply_limit: 5',
				'  step_limit: 6',
				'  budget: {max_cost_usd: 0.25, max_tokens: 1000, max_model_calls: 7}',
				'timeout_settings:',
				'  orchestrator_timeout_seconds: 45',
				'  first_answer_seconds: 1.5',
				'  turn_seconds: 2',
				'  presentation_seconds: 3',
				'  choice_seconds: 4',
			].join('\n'),
		);
		expect(rules).toEqual({
			sensitivity: 'strict',
			novelty: 'balanced',
			answerLimit: 5,
			skipCoordination: true,
			planning: true,
			restarts: 3,
			schedule: 'eager',
			tieBreak: 'requester',
			selfVotes: false,
			quorum: 2,
			failureLimit: 4,
			replyLimit: 5,
			stepLimit: 6,
			mostTools: 12,
			maxTasks: 7,
			budget: { costMicroUsd: 250_000, tokens: 1000, modelCalls: 7 },
			deadlines: { runMs: 45_000, firstAnswerMs: 1500, turnMs: 2000, presentationMs: 3000, choiceMs: 4000 },
		});
	});

	it('null answers per agent means no limit, as in MassGen', async () => {
		expect((await rulesOf('orchestrator: {max_new_answers_per_agent: null}')).answerLimit).toBeNull();
	});

	it.each(['null', '0'])('%s seconds means no deadline', async (value) => {
		const { deadlines } = await rulesOf(
			`timeout_settings: {orchestrator_timeout_seconds: ${value}, first_answer_seconds: ${value}, turn_seconds: ${value}, presentation_seconds: ${value}, choice_seconds: ${value}}`,
		);
		expect(new Set(Object.values(deadlines))).toEqual(new Set([null]));
	});
});
