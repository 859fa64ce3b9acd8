import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkConfig } from '../../../src/config/check-config.ts';
import { formatProblem } from '../../../src/config/problem.ts';
import { agentOf, mustLoad, teamOf } from './check.ts';

const FIXTURES = resolve(import.meta.dirname, '../../fixtures/configs');

async function fixture(name: string) {
	const env = { WEATHER_TOKEN: 'w-1' };
	const checked = await checkConfig({ file: join(FIXTURES, name), flags: {}, env, cwd: FIXTURES });
	return { config: mustLoad(checked), warnings: checked.warnings.map(formatProblem) };
}

describe('files of MassGen, unchanged', () => {
	it('all load', async () => {
		const names = await readdir(FIXTURES);
		expect(names.length).toBeGreaterThan(5);
		for (const name of names) expect((await fixture(name)).config.teams.size, name).toBe(1);
	});

	it('two agents: team, rules and backends are those of the file', async () => {
		const { config, warnings } = await fixture('massgen-two-agents.yaml');
		const { team, agents } = teamOf(config, 'massgen-two-agents');
		expect(config.settings.defaultTeam).toBe('massgen-two-agents');
		expect(team.members).toEqual([
			{ id: 'gemini_fast', model: 'gemini gemini-2.5-flash' },
			{ id: 'gpt_small', model: 'openai gpt-5-nano' },
		]);
		expect(team.rules).toMatchObject({
			sensitivity: 'balanced',
			novelty: 'strict',
			answerLimit: 3,
			restarts: 2,
			planning: false,
		});
		expect(team.rules.deadlines.runMs).toBe(600_000);
		expect(agents.get('gemini_fast')).toMatchObject({
			systemMessage: 'You look things up before you answer.',
			backend: { type: 'gemini', webSearch: true, codeExecution: false },
		});
		expect(agents.get('gpt_small')?.backend).toMatchObject({
			type: 'openai',
			verbosity: 'medium',
			reasoning: { effort: 'low', summary: 'auto' },
			webSearch: true,
			codeExecution: true,
		});
		expect(warnings).toEqual([
			'massgen-two-agents.yaml:34:1 ui: ignored (display_type, logging_enabled): every place to chat has its own display',
		]);
	});

	it('one agent: the beta features become the header Anthropic reads', async () => {
		const { config } = await fixture('massgen-single.yaml');
		const backend = agentOf(config, 'massgen-single', 'assistant');
		expect(backend).toMatchObject({
			type: 'anthropic',
			maxOutputTokens: 4096,
			headers: { 'anthropic-beta': 'some-beta-2025-01-01' },
		});
	});

	it('tools, workspaces and planning: each key without effect is named with its place, and only those', async () => {
		const { warnings } = await fixture('massgen-tools.yaml');
		const paths = warnings.map((warning) => warning.split(' ')[1]?.replace(/:$/, ''));
		expect(paths).toEqual([
			'agents[0].backend.mcp_servers[0].security.level',
			'agents[0].backend.custom_tools',
			'agents[1].backend.command_line_docker_credentials',
			'agents[1].backend.command_line_docker_packages',
			'agents[1].backend.upload_files',
			'orchestrator.snapshot_storage',
			'orchestrator.agent_temporary_workspace',
			'orchestrator.session_storage',
			'orchestrator.coordination.use_skills',
			'orchestrator.coordination.planning_mode_instruction',
			'orchestrator.timeout',
			'orchestrator.debug_final_answer',
			'orchestrator.dspy',
			'agents[1].backend.command_line_docker_network_mode',
		]);
		for (const warning of warnings) expect(warning).toMatch(/^massgen-tools\.yaml:\d+:\d+ \S+: ignored/);
	});

	it('MCP servers, in a list and in a map, with lists of tools and secrets', async () => {
		const { config } = await fixture('massgen-tools.yaml');
		const { agents } = teamOf(config, 'massgen-tools');
		const researcher = agents.get('researcher')?.tools;
		expect(researcher).toMatchObject({ allowed: null, excluded: ['mcp__weather__set_location'] });
		expect(researcher?.servers).toMatchObject([
			{
				name: 'weather',
				trusted: false,
				launch: {
					type: 'stdio',
					command: ['npx', '-y', 'some-weather-server', '--root', `\${cwd}`],
					env: { WEATHER_TOKEN: 'w-1' },
					workspace: true,
				},
			},
		]);
		expect(agents.get('builder')?.tools.servers).toMatchObject([
			{ name: 'notes', launch: { type: 'http', url: 'https://notes.example/mcp', allowLoopback: false } },
		]);
	});

	it('commands: limits up to the level, and what may not run', async () => {
		const { config } = await fixture('massgen-tools.yaml');
		expect(teamOf(config, 'massgen-tools').agents.get('builder')?.tools.shell).toMatchObject({
			limits: { memoryBytes: 2 * 2 ** 30, cpus: 2 },
			egress: [],
			blocked: ['rm -rf.*'],
		});
	});

	it('memory: checked, and ignored with a warning each', async () => {
		const { warnings } = await fixture('massgen-memory.yaml');
		expect(warnings.map((warning) => warning.split(' ')[1])).toEqual([
			'agents[0].memory:',
			'agents[1].persistent_memory:',
			'memory.conversation_memory:',
			'memory.compression:',
			'memory.retrieval.exclude_recent:',
			'session_id:',
		]);
	});

	it('local and compatible servers: provider, address and further parameters', async () => {
		const { config } = await fixture('massgen-local.yaml');
		const of = (id: string) => agentOf(config, 'massgen-local', id);
		expect(of('qwen1')).toMatchObject({
			provider: 'vllm',
			baseUrl: 'http://localhost:8000/v1',
			extra: { chat_template_kwargs: { enable_thinking: true }, top_k: 50 },
		});
		expect(of('qwen2')).toMatchObject({
			provider: 'sglang',
			baseUrl: 'http://127.0.0.1:30000/v1',
			extra: { chat_template_kwargs: { enable_thinking: true } },
		});
		expect(of('oss')).toMatchObject({ provider: 'cerebras', endpoint: { maxTokensField: 'max_completion_tokens' } });
		expect(of('glm')).toMatchObject({
			provider: 'zai',
			baseUrl: 'https://api.z.ai/api/paas/v4',
			temperature: 0.7,
			topP: 0.7,
		});
		expect(of('desk')).toMatchObject({ provider: 'lmstudio', apiKey: null });
		const missing = teamOf(config, 'massgen-local').problems.map((problem) => problem.message);
		expect(missing).toEqual([
			expect.stringContaining('set the environment variable CEREBRAS_API_KEY'),
			expect.stringContaining('set the environment variable ZAI_API_KEY'),
		]);
	});

	it('keys that MassGen itself passes over, and merged maps', async () => {
		const { config, warnings } = await fixture('massgen-passed-over.yaml');
		expect(agentOf(config, 'massgen-passed-over', 'b')).toMatchObject({ type: 'openai', model: 'gpt-4o-mini' });
		expect(warnings.map((warning) => warning.split(' ')[1])).toEqual([
			'agents[0].name:',
			'agents[0].mcp_servers:',
			'name:',
			'orchestrator.final_answer_agent:',
			'orchestrator.log_level:',
			'tools:',
			'coordination:',
			'display:',
			'consumption_settings:',
		]);
		expect(teamOf(config, 'massgen-passed-over').team.description).toBe('With a description');
	});

	it('JSON', async () => {
		const { config, warnings } = await fixture('massgen-as-json.json');
		expect(agentOf(config, 'massgen-as-json', 'two')).toMatchObject({ provider: 'xai', webSearch: false });
		expect(warnings).toEqual([expect.stringContaining('ignored: web search of grok is not supported yet')]);
	});
});
