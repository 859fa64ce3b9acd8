import { describe, expect, it } from 'vitest';
import { chooseTeam } from '../../../src/config/choose-team.ts';
import { externalSettingsOf, isInstalled } from '../../../src/config/external-settings-of.ts';
import { environmentProblem } from '../../../src/config/problem.ts';
import { checkFiles, errorsOf, mustLoad, teamOf } from './check.ts';

const GRAPH = `agents:
  - id: graph
    type: langgraph
    module: ./agents/graph.ts
    own_tools: gated
    priced_as: {provider: openai, model: gpt-5.4}
  - id: script
    backend: {type: scripted, script: {}}
    agent_tools:
      research: {description: Finds sources., type: mastra, module: agents/graph.ts, export: research}
`;

describe('an agent of another system in the configuration', () => {
	it('is a module beside the file that names it', async () => {
		const config = mustLoad(await checkFiles({ 'team.yaml': GRAPH, 'agents/graph.ts': 'export const agent = 1;' }));
		const { team, externals, agents, problems } = teamOf(config);
		expect(problems).toEqual([]);
		expect(team.members).toEqual([
			{ id: 'graph', model: 'langgraph graph.ts' },
			{ id: 'script', model: 'scripted' },
		]);
		expect(externals.get('graph')?.settings).toEqual({
			...{ type: 'langgraph', module: expect.stringMatching(/^\/.*agents\/graph\.ts$/), export: 'agent' },
			...{ ownTools: 'gated', model: { provider: 'openai', model: 'gpt-5.4' } },
		});
		const [research] = agents.get('script')?.tools.agents ?? [];
		expect(research).toMatchObject({
			name: 'research',
			settings: { type: 'mastra', export: 'research', ownTools: null },
		});
	});

	it.each([
		['neither', 'agents: [{id: a}]', 'the key backend is missing; add `backend: {type: ..., model: ...}`, or a `type`'],
		[
			'both',
			'agents: [{id: a, type: mastra, module: a.ts, backend: {type: scripted, script: {}}}]',
			'keep one of them',
		],
		['no module', 'agents: [{id: a, type: mastra}]', 'the key module is missing; the type mastra needs it'],
		['an unknown type', 'agents: [{id: a, type: langraph, module: a.ts}]', 'did you mean langgraph?'],
		[
			'a module without a type',
			'agents: [{id: a, module: a.ts, backend: {type: scripted, script: {}}}]',
			'which have a `type`',
		],
		['a backend that is none', 'agents: [{id: a, backend: {type: langgraph}}]', 'write `type: langgraph` beside `id`'],
		['tools for it', 'agents: [{id: a, type: mastra, module: a.ts, agent_tools: {}}]', 'this one brings its own'],
		[
			'a tool without a module',
			'agents: [{id: a, backend: {type: scripted, script: {}}, agent_tools: {x: {description: d, type: mastra}}}]',
			'the key module is missing',
		],
	])('%s is explained', async (_, yaml, message) => {
		expect((await errorsOf(yaml)).join('\n')).toContain(message);
	});

	it('that cannot work yet keeps its team from being used, and says what repairs it', async () => {
		const yaml = 'agents: [{id: a, type: mastra, module: gone.ts, needs: [SOME_KEY]}]';
		const config = mustLoad(await checkFiles({ 'team.yaml': yaml }));
		const messages = teamOf(config).problems.map(({ message }) => message);
		expect(messages).toEqual([
			'the agent a (mastra) needs a variable; set the environment variable SOME_KEY',
			'the agent a (mastra) has no module; write the file gone.ts, or correct the path',
		]);
		await expect(chooseTeam({ config, name: 'team', env: {}, fetch })).rejects.toThrow('cannot be used yet');
	});

	it('whose package is not there says which to install', async () => {
		const report = (message: string) => environmentProblem('x', message);
		const { onUse } = await externalSettingsOf(
			'openai_agents',
			{ module: import.meta.filename },
			{ id: 'a', file: '/x/team.yaml', cwd: '/x', env: {}, isInstalled: () => false, report },
		);
		expect(onUse.map(({ message }) => message)).toEqual([
			'the agent a (openai_agents) needs the package @openai/agents; run `npm install @openai/agents`',
		]);
		expect([isInstalled('@openai/agents'), isInstalled('@openai/no-such-package')]).toEqual([true, false]);
	});
});
