import { z } from 'zod';
import { memberSchema } from '../core/team.ts';
import { backendSchema, contextPath } from './backend-schema.ts';
import { externalFields } from './external-schema.ts';
import { externalTypeNames } from './external-types.ts';
import { field, required } from './field.ts';

const level = z.enum(['lenient', 'balanced', 'strict']);
const flag = z.boolean();
const text = z.string().min(1);
const count = z.number().int().positive();
const seconds = z.number().min(0).nullable();
const anything = z.unknown();
const fraction = z.number().min(0).max(1);

const later = (what: string) => ({ ignored: `${what} not supported yet` });
const skills = later('skills are');
const unread = { ignored: 'MassGen does not read it either' };
const memory = { ignored: 'memory belongs to channels and people: set it in the main file, under `memory`' };

export const persistentMemory = z
	.looseObject({
		enabled: field(flag, 'Whether facts are kept.'),
		on_disk: field(flag, 'Whether they outlive the process.'),
		qdrant: field(
			z.looseObject({
				mode: field(z.enum(['local', 'server']), 'Where Qdrant runs.'),
				port: field(z.number().int().min(1).max(65_535), 'Its port.'),
			}),
			'The vector store.',
		),
	})
	.meta({ id: 'PersistentMemory' });

export const conversationMemory = z.looseObject({ enabled: field(flag, 'Within a session.') });
export const memoryCompression = z.looseObject({
	trigger_threshold: field(fraction, 'Share of the context window at which old messages go.'),
	target_ratio: field(fraction, 'Share that stays.'),
});
export const memoryRecording = z.looseObject({
	record_all_tool_calls: field(flag, 'Keep tool calls.'),
	record_reasoning: field(flag, 'Keep reasoning.'),
});

/** MassGen's memory settings of a team or an agent: checked for sense, without effect. Those of the main file have one. */
const memorySchema = z
	.looseObject({
		enabled: field(flag, 'Whether memory is on.'),
		conversation_memory: field(conversationMemory, 'Within a session.'),
		persistent_memory: field(persistentMemory, 'Across sessions.'),
		compression: field(memoryCompression, 'What happens when the context fills up.'),
		retrieval: field(
			z.looseObject({
				limit: field(count, 'Facts recalled.'),
				exclude_recent: field(flag, 'Recall only what has left the context.'),
			}),
			'What is recalled.',
		),
		recording: field(memoryRecording, 'What is kept.'),
	})
	.meta({ id: 'Memory' });

const externalType = z.enum(externalTypeNames);

const agentToolSchema = z
	.strictObject({
		description: required(text, 'What it can do, for the model that may call it.', { prose: true }),
		type: required(externalType, 'Which system it is of.'),
		...externalFields,
	})
	.meta({ id: 'AgentTool' });

export const agentSchema = z
	.strictObject({
		id: required(memberSchema.shape.id, 'Unique in its team. People see it, other agents never do.'),
		backend: field(backendSchema, 'How the agent reaches its model. Every agent has either this or a `type`.'),
		type: field(externalType, 'An agent of another system, in the place of `backend`.'),
		...externalFields,
		agent_tools: field(
			z.record(z.string().regex(/^[a-zA-Z][\w-]{0,63}$/), agentToolSchema),
			'Agents of other systems that this one may put to work, by the name of the tool. What they would have to ask people about is refused.',
		),
		system_message: field(z.string(), "The agent's own instructions.", { prose: true }),
		name: field(anything, 'Not read.', { ignored: 'people see the `id`' }),
		mcp_servers: field(anything, 'Not read.', {
			ignored: 'MassGen does not read it here either, but under `backend`',
			secret: true,
		}),
		memory: field(memorySchema, "The agent's memory settings.", memory),
		persistent_memory: field(persistentMemory, 'An older form of the same.', memory),
	})
	.meta({ id: 'Agent' });
export type AgentConfig = z.infer<typeof agentSchema>;
/** The keys that say how an agent of another system is reached. */
export type ExternalConfig = z.infer<z.ZodObject<typeof externalFields>>;

const budgetSchema = z.strictObject({
	max_cost_usd: field(z.number().positive().nullable(), 'US dollars. Calls of unknown price cannot count towards it.'),
	max_tokens: field(count.nullable(), 'Input and output tokens together.'),
	max_model_calls: field(count.nullable(), 'Model calls.'),
});

const coordinationSchema = z.strictObject({
	enable_planning_mode: field(
		flag,
		'While the team coordinates, agents describe irreversible actions and do not perform them.',
	),
	max_orchestration_restarts: field(z.number().int().min(0), 'How often the review may send the team back to work.'),
	planning_mode_instruction: field(text, 'Own wording for planning mode.', { ...later('own wording is'), prose: true }),
	enable_post_presentation_evaluation: field(flag, 'Review.', {
		ignored: 'the review runs whenever `max_orchestration_restarts` is above 0',
	}),
	enable_agent_task_planning: field(
		flag,
		'Each agent keeps a task plan for itself, which people can see. Default false.',
	),
	task_planning_filesystem_mode: field(flag, 'Task plans in files.', {
		ignored: 'task plans are kept with the run, and the thread shows them',
	}),
	max_tasks_per_plan: field(count.max(100), 'Most tasks of a plan. Default 10.'),
	enable_memory_filesystem_mode: field(flag, 'Memory in files.', memory),
	use_skills: field(flag, 'Skills.', skills),
	massgen_skills: field(z.array(text), 'Skills.', skills),
	skills_directory: field(text, 'Skills.', skills),
});

export const orchestratorSchema = z
	.strictObject({
		voting_sensitivity: field(
			level,
			'How good an answer must be before agents are told to vote for it. Default lenient.',
		),
		answer_novelty_requirement: field(
			level,
			'How different a new answer must be from those its author has seen. Default lenient.',
		),
		max_new_answers_per_agent: field(count.nullable(), 'Accepted answers per agent. Default 2; null: no limit.'),
		skip_coordination_rounds: field(flag, 'The first agent answers directly: no other answers, no votes.'),
		coordination: field(coordinationSchema, 'Planning and review.'),
		schedule: field(
			z.enum(['gathered', 'eager']),
			'gathered: nobody evaluates until everybody has answered. eager: as in MassGen.',
		),
		tie_break: field(
			z.enum(['order', 'earliest', 'requester']),
			'Who wins a tie: the first in this file, the earliest answer, or whom the requester picks.',
		),
		self_votes: field(flag, 'Whether an agent may vote for its own answer. Default true.'),
		quorum: field(count.nullable(), 'Answers needed for a full result; null: one from every agent.'),
		failure_limit: field(count, 'Failed turns in a row before an agent is out. Default 3.'),
		reply_limit: field(count, 'Replies without a valid outcome that one turn may use up. Default 3.'),
		step_limit: field(count, 'Model replies one turn may take, tool rounds included. Default 60.'),
		max_tools_offered: field(
			count,
			'Most tools that a turn offers at first: those that fit the question, where an agent has more of MCP servers. The others can be looked up. Default 30.',
		),
		budget: field(budgetSchema, 'Most that one run may use.'),
		context_paths: field(z.array(contextPath), 'Project folders of this machine that every agent sees a copy of.'),
		workspaces: field(
			flag,
			'Every agent has a folder for files, and sees those that belong to the answers. Needs Docker. Default false: only agents with `cwd`.',
		),
		snapshot_storage: field(text, 'Folder for snapshots.', { ignored: 'files of answers are kept in the data folder' }),
		agent_temporary_workspace: field(text, 'Folder for copies.', {
			ignored: 'files of answers are at /workspace/answers',
		}),
		session_storage: field(text, 'Folder for sessions.', { ignored: 'sessions live in the data folder' }),
		timeout: field(
			z.looseObject({ orchestrator_timeout_seconds: field(z.number().positive(), 'Seconds.') }),
			'Has no effect in MassGen either.',
			{ ignored: 'write the top-level `timeout_settings` instead' },
		),
		debug_final_answer: field(z.union([z.boolean(), z.string()]), 'Debugging aid.', {
			ignored: 'use a scripted agent',
		}),
		final_answer_agent: field(anything, 'Not read.', unread),
		enable_detailed_tracking: field(anything, 'Not read.', unread),
		multimodal_handling: field(anything, 'Not read.', unread),
		log_level: field(anything, 'Not read.', unread),
		display_mode: field(anything, 'Not read.', unread),
		dspy: field(anything, 'Paraphrases of the question.', later('question variety is')),
	})
	.meta({ id: 'Orchestrator' });
export type OrchestratorConfig = z.infer<typeof orchestratorSchema>;

const roundTimeout = { ignored: 'write `first_answer_seconds` and `turn_seconds` instead' };

export const timeoutSchema = z
	.strictObject({
		orchestrator_timeout_seconds: field(seconds, 'For a whole run. Default 1800; 0 or null: none.'),
		first_answer_seconds: field(seconds, 'For first answers. Default 600; 0 or null: none.'),
		turn_seconds: field(seconds, "For one agent's turn. Default 900; 0 or null: none."),
		presentation_seconds: field(seconds, 'For the presentation. Default 600; 0 or null: none.'),
		choice_seconds: field(seconds, 'How long the requester may take to break a tie. Default 120; 0 or null: no limit.'),
		initial_round_timeout_seconds: field(seconds, 'First round.', roundTimeout),
		subsequent_round_timeout_seconds: field(seconds, 'Later rounds.', roundTimeout),
		round_timeout_grace_seconds: field(seconds, 'Grace.', roundTimeout),
	})
	.meta({ id: 'Timeouts' });
export type TimeoutConfig = z.infer<typeof timeoutSchema>;

const uiSchema = z.looseObject({
	display_type: field(z.enum(['rich_terminal', 'simple']), 'How the terminal shows a run.'),
	logging_enabled: field(flag, 'Whether logs are written.'),
	use_orchestrator_for_single_agent: field(flag, 'Whether a single agent votes too.'),
});

/** The keys that define one team, as MassGen names them. */
export const teamShape = {
	description: field(z.string(), 'Shown in lists of teams.', { prose: true }),
	agents: field(z.array(agentSchema).min(1).max(32), 'The agents, in the order that tie rules speak of.'),
	agent: field(agentSchema, 'The only agent. Instead of `agents`.'),
	orchestrator: field(orchestratorSchema, 'How the agents come to one answer.'),
	timeout_settings: field(timeoutSchema, 'Deadlines.'),
	memory: field(memorySchema, 'What agents remember.', memory),
	ui: field(uiSchema, "MassGen's display.", { ignored: 'every place to chat has its own display' }),
	session_id: field(z.union([z.string(), z.number()]), "MassGen's session.", {
		ignored: 'sessions belong to conversations',
	}),
};

/** One entry of `teams`. */
export const teamConfigSchema = z.strictObject(teamShape).meta({ id: 'Team' });
export type TeamConfig = z.infer<typeof teamConfigSchema>;
