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

	it('is a program, a module of Python or an address, with its secrets from the environment', async () => {
		const yaml = `agents:
  - {id: c, type: command, command: sh, args: [-c, 1], needs: [TOKEN], env: {A: 2}, sandbox: {}}
  - {id: g, type: acp, preset: gemini}
  - {id: p, type: python, module: p.py}
  - {id: h, type: http, url: "https://h.example/x", headers: {Authorization: "Bearer \${TOKEN}"}}
`;
		const config = mustLoad(await checkFiles({ 'team.yaml': yaml, 'p.py': '' }, { env: { TOKEN: 't', PATH: '' } }));
		const { team, externals, problems } = teamOf(config);
		expect(team.members.map(({ model }) => model)).toEqual([
			'command sh',
			'acp gemini',
			'python p.py',
			'http h.example',
		]);
		expect(externals.get('c')?.settings).toMatchObject({
			program: { command: ['sh', '-c', '1'], env: { TOKEN: 't', A: '2' }, sandbox: { image: null, egress: [] } },
		});
		expect(externals.get('g')?.settings).toMatchObject({ ownTools: 'gated' });
		expect(externals.get('h')?.settings).toMatchObject({
			...{ headers: { Authorization: 'Bearer t' }, allowLoopback: false, allowPrivate: false, ownTools: null },
		});
		// What runs in a container is looked for there.
		expect(problems.map(({ message }) => message)).toEqual([
			'the agent g (acp) needs the program gemini; install it, or correct `command`',
			'the agent p (python) needs the program python3; install it, or correct `python`',
		]);
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
		['an acp agent without a command', 'agents: [{id: a, type: acp}]', 'needs either `preset`'],
		['an address that is none', 'agents: [{id: a, type: a2a, url: agent.example}]', 'begins with http:// or https://'],
		[
			'a module of a program',
			'agents: [{id: a, type: command, command: x, module: y}]',
			'does not belong to the type command',
		],
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
