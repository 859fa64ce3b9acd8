import { describe, expect, it } from 'vitest';
import { check, errorsOf, TWO, warningsOf } from './check.ts';

const agent = (lines: string) => `agent:\n  id: a\n  backend: {${lines}}\n`;

describe('MassGen behaviour, section 6A', () => {
	it('case 45: both `agents` and `agent` is an error', async () => {
		expect(await errorsOf(`${TWO}agent: {id: c, backend: {type: openai, model: m}}\n`)).toEqual([
			'team.yaml:6:1 agent: agents and agent are both there; keep one of them',
		]);
	});

	it('case 45: neither `agents` nor `agent` is an error', async () => {
		expect(await errorsOf('orchestrator: {}\n')).toEqual([
			'team.yaml:1:1 no team: add `agents:` with a list, `agent:` with one, `teams:`, or `default_team:`',
		]);
	});

	it.each([
		['id', 'agents:\n  - backend: {type: openai, model: m}\n', 'team.yaml:2:5 agents[0]: the key id is missing'],
		['backend', 'agents:\n  - id: a\n', 'team.yaml:2:5 agents[0]: the key backend is missing'],
		[
			'type',
			'agents:\n  - id: a\n    backend: {model: m}\n',
			'team.yaml:3:14 agents[0].backend: the key type is missing',
		],
		[
			'model',
			'agents:\n  - id: a\n    backend: {type: openai}\n',
			'team.yaml:3:14 agents[0].backend: the key model is missing',
		],
		[
			'model, where MassGen has no default either',
			'agent:\n  id: a\n  backend: {type: chatcompletion}\n',
			'team.yaml:3:12 agent.backend: the key model is missing; add `model: ...`',
		],
	])('case 46: missing %s is an error', async (_what, yaml, message) => {
		const errors = await errorsOf(yaml);
		expect(errors).toHaveLength(1);
		expect(errors[0]).toContain(message);
	});

	it('case 46: a duplicate id is an error that names the first', async () => {
		const yaml =
			'agents:\n  - id: a\n    backend: {type: openai, model: m}\n  - id: a\n    backend: {type: claude, model: m}\n';
		expect(await errorsOf(yaml)).toEqual([
			'team.yaml:4:9 agents[1].id: the id a is already used in line 2; ids are unique in a team',
		]);
	});

	it.each([
		['unknown', 'gemmini', 'did you mean gemini?'],
		['wrong-case', 'OpenAI', 'did you mean openai?'],
	])('case 47: an %s backend is an error with a suggestion', async (_what, type, suggestion) => {
		const errors = await errorsOf(agent(`type: ${type}, model: m`));
		expect(errors).toHaveLength(1);
		expect(errors[0]).toContain('team.yaml:3:19 agent.backend.type: expected openai, claude, gemini');
		expect(errors[0]).toContain(`found "${type}"; ${suggestion}`);
	});

	it.each([
		['lmstudio', 'enable_web_search', 'web search'],
		['vllm', 'enable_code_execution', 'code execution'],
		['groq', 'enable_code_interpreter', 'code execution'],
	])('case 48: %s does not support %s', async (type, key, what) => {
		const errors = await errorsOf(agent(`type: ${type}, model: m, ${key}: true`));
		expect(errors).toHaveLength(1);
		expect(errors[0]).toContain(`the backend type ${type} does not support ${what}`);
	});

	it('case 48: a feature that is switched off is no feature', async () => {
		expect(await errorsOf(agent('type: lmstudio, model: m, enable_web_search: false'))).toEqual([]);
	});

	it.each([
		'models',
		'model_configs',
		'num_agents',
		'max_rounds',
		'consensus_threshold',
		'voting_enabled',
		'enable_voting',
	])('case 49: the V1 key %s is an error that says how to migrate', async (key) => {
		const errors = await errorsOf(`${TWO}${key}: 1\n`);
		expect(errors).toHaveLength(1);
		expect(errors[0]).toMatch(
			new RegExp(`^team\\.yaml:6:1 ${key}: this key belongs to the old V1 format\\. To migrate, \\w+`),
		);
	});

	it('case 49: a whole V1 file is reported by its V1 keys alone', async () => {
		const errors = await errorsOf('models: [gpt-4o]\nnum_agents: 2\n');
		expect(errors).toHaveLength(2);
		for (const error of errors) expect(error).toContain('V1');
	});

	it.each([
		[
			'voting_sensitivity',
			`${TWO}orchestrator: {voting_sensitivity: medium}\n`,
			'lenient, balanced or strict, found "medium"',
		],
		[
			'answer_novelty_requirement',
			`${TWO}orchestrator: {answer_novelty_requirement: 3}\n`,
			'lenient, balanced or strict, found 3',
		],
		['display_type', `${TWO}ui: {display_type: fancy}\n`, 'rich_terminal or simple, found "fancy"'],
		[
			'permission',
			`${TWO}orchestrator: {context_paths: [{path: /x, permission: read_write}]}\n`,
			'read or write, found "read_write"',
		],
		[
			'permission_mode',
			agent('type: openai, model: m, permission_mode: always'),
			'default, acceptEdits, bypassPermissions or plan, found "always"',
		],
	])('case 50: a bad %s is an error that lists the values', async (key, yaml, message) => {
		const errors = await errorsOf(yaml);
		expect(errors).toHaveLength(1);
		expect(errors[0]).toContain(`.${key}: expected ${message}`);
	});

	it.each([
		['timeout', `${TWO}timeout_settings: {orchestrator_timeout_seconds: -1}\n`, 'expected at least 0, found -1'],
		[
			'timeout in the orchestrator',
			`${TWO}orchestrator: {timeout: {orchestrator_timeout_seconds: -1}}\n`,
			'expected more than 0',
		],
		[
			'restarts',
			`${TWO}orchestrator: {coordination: {max_orchestration_restarts: -2}}\n`,
			'expected at least 0, found -2',
		],
		['retrieval limit', `${TWO}memory: {retrieval: {limit: -5}}\n`, 'expected more than 0, found -5'],
		['compression', `${TWO}memory: {compression: {trigger_threshold: 1.5}}\n`, 'expected at most 1, found 1.5'],
		['compression target', `${TWO}memory: {compression: {target_ratio: -0.1}}\n`, 'expected at least 0, found -0.1'],
		['port', `${TWO}memory: {persistent_memory: {qdrant: {port: 70000}}}\n`, 'expected at most 65535, found 70000'],
	])('case 51: %s out of range is an error', async (_what, yaml, message) => {
		const errors = await errorsOf(yaml);
		expect(errors).toHaveLength(1);
		expect(errors[0]).toContain(message);
	});

	it('case 52: allowed and excluded tools together are a warning only', async () => {
		const yaml = agent('type: openai, model: m, allowed_tools: [x], exclude_tools: [y]');
		const { errors } = await check(yaml);
		expect(errors).toEqual([]);
		expect(await warningsOf(yaml)).toContain(
			'team.yaml:3:37 agent.backend.allowed_tools: allowed_tools and exclude_tools are both there; one of them is enough',
		);
	});

	it('case 75: Azure without address or key names what to set', async () => {
		const { config } = await check(agent('type: azure_openai, model: gpt-4.1'));
		const problems = config?.teams.get('team')?.problems.map((problem) => problem.message);
		expect(problems).toEqual([
			'the agent a needs the address of your Azure resource; set the environment variable AZURE_OPENAI_ENDPOINT, or write base_url',
			'the agent a (azure_openai) has no key; set the environment variable AZURE_OPENAI_API_KEY',
		]);
	});
});
