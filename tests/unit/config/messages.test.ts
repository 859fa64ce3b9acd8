import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ConfigError } from '../../../src/config/config-error.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { formatProblem } from '../../../src/config/problem.ts';
import { check, errorsOf, folderOf, TWO, warningsOf } from './check.ts';

const agent = (lines: string) => `agent:\n  id: a\n  backend: {${lines}}\n`;

describe('what is said about a mistake', () => {
	it.each([
		[
			'a misspelt key',
			`${TWO}orchestrator: {voting_sensitivty: strict}\n`,
			'team.yaml:6:16 orchestrator.voting_sensitivty: this key is not known; did you mean voting_sensitivity?',
		],
		[
			'two letters swapped',
			agent('type: openai, modle: m, model: m'),
			'team.yaml:3:27 agent.backend.modle: this key is not known; did you mean model?',
		],
		['a misspelt top-level key', `${TWO}orchestrater: {}\n`, 'did you mean orchestrator?'],
		[
			'a misspelt provider parameter',
			agent('type: openai, model: m, presence_penality: 1'),
			'did you mean presence_penalty?',
		],
		[
			'a key that nothing resembles',
			`${TWO}orchestrator: {zzzzzz: 1}\n`,
			'this key is not known; known here are voting_sensitivity,',
		],
		[
			'a key at the wrong place',
			'agent:\n  id: a\n  temperature: 1\n  backend: {type: openai, model: m}\n',
			'agent.temperature: this key is not known here; it belongs to agents[].backend',
		],
		[
			'a top-level key in the orchestrator',
			`${TWO}orchestrator: {timeout_settings: {}}\n`,
			'it belongs to the top level',
		],
		['a key of our own in a team file', `${TWO}orchestrator: {providers: {}}\n`, 'it belongs to the top level'],
		[
			'a number where text is due',
			'agent:\n  id: 5\n  backend: {type: openai, model: m}\n',
			'agent.id: expected text, found 5; put it in quotes',
		],
		[
			'text where a number is due',
			agent('type: openai, model: m, temperature: "1"'),
			'expected a number, found "1"; write it without quotes',
		],
		[
			'text where true or false is due',
			agent('type: openai, model: m, enable_web_search: "yes"'),
			'expected true or false, found "yes"',
		],
		[
			'a fraction where a whole number is due',
			agent('type: openai, model: m, max_tokens: 1.5'),
			'expected a whole number, found 1.5',
		],
		[
			'a map where a list is due',
			'agents: {id: a}\n',
			'agents: expected a list, found a map; begin each entry with `- `',
		],
		['an empty list', 'agents: []\n', 'agents: expected at least 1, found none'],
		[
			'an empty id',
			'agent:\n  id: ""\n  backend: {type: openai, model: m}\n',
			'agent.id: expected some text, found none',
		],
		[
			'too long an id',
			`agent:\n  id: ${'x'.repeat(101)}\n  backend: {type: openai, model: m}\n`,
			'expected at most 100 characters',
		],
		[
			'an address without a scheme',
			agent('type: vllm, model: m, base_url: "localhost:8000"'),
			'expected an address that begins with http:// or https://, found "localhost:8000"',
		],
		[
			'MCP servers that are text',
			agent('type: openai, model: m, mcp_servers: x'),
			'expected a list or a map of keys and values, found "x"',
		],
		[
			'a type of MassGen not supported yet',
			agent('type: claude_code, model: m'),
			"claude_code is a backend type of MassGen's that is not supported here yet; use type `claude`",
		],
		['AG2', agent('type: ag2, agent_config: {}'), 'write `type: ag2` beside `id`, in the place of `backend`'],
		['AutoGen', agent('type: autogen'), "autogen is a backend type of MassGen's"],
		[
			'a system prompt in the backend',
			agent('type: openai, model: m, system_prompt: x'),
			'not allowed in a backend; write `system_message` beside `backend`',
		],
		['a quorum out of reach', `${TWO}orchestrator: {quorum: 3}\n`, 'a quorum of 3 can never be reached by 2 agents'],
		[
			'a body that replaces the conversation',
			agent('type: openai, model: m, extra_body: {messages: []}'),
			'messages belongs to the conversation',
		],
		['a scripted agent without a script', agent('type: scripted'), 'a scripted agent needs `script`'],
		[
			'a script file that is not there',
			agent('type: scripted, script: none.yaml'),
			'the script file none.yaml cannot be used',
		],
		[
			'an unknown default team',
			`${TWO}default_team: taem\n`,
			'there is no team taem; did you mean team? known teams: auto, team',
		],
		['an unknown language', `${TWO}locale: "not a locale"\n`, 'expected a language such as en or de-CH'],
		[
			'a negative price',
			`${TWO}prices: {m: {input_per_million: -1, output_per_million: 1}}\n`,
			'expected at least 0, found -1',
		],
	])('%s', async (_what, yaml, message) => {
		const errors = await errorsOf(yaml);
		expect(errors[0]).toContain(message);
		expect(errors[0]).toMatch(/^team\.yaml:\d+:\d+ /);
	});

	it('more agents than a team may have', async () => {
		const agents = Array.from({ length: 33 }, (_, i) => ({ id: `a${i}`, backend: { type: 'openai', model: 'm' } }));
		expect(await errorsOf(stringify({ agents }))).toEqual(['team.yaml:2:3 agents: expected at most 32, found 33']);
	});

	it('everything is reported at once, in the order of the file', async () => {
		const errors = await errorsOf(
			[
				'agents:',
				'  - id: a',
				'    backend: {type: opnai, model: m}',
				'  - id: a',
				'    backend: {type: openai}',
				'  - backend: {type: lmstudio, model: m, enable_web_search: on}',
				'orchestrator:',
				'  voting_sensitivity: medium',
				'  max_rounds: 3',
				'timeout_settings: {turn_seconds: -1}',
				'',
			].join('\n'),
		);
		expect(errors.map((error) => error.split(' ').slice(0, 2).join(' '))).toEqual([
			'team.yaml:3:21 agents[0].backend.type:',
			'team.yaml:4:9 agents[1].id:',
			'team.yaml:5:14 agents[1].backend:',
			'team.yaml:6:5 agents[2]:',
			'team.yaml:6:41 agents[2].backend.enable_web_search:',
			'team.yaml:8:23 orchestrator.voting_sensitivity:',
			'team.yaml:9:3 orchestrator.max_rounds:',
			'team.yaml:10:34 timeout_settings.turn_seconds:',
		]);
	});

	it('loadConfig throws one error that lists all of it', async () => {
		const cwd = await folderOf({ 'team.yaml': 'agents: []\nlocale: 5\n' });
		const thrown = await loadConfig({ file: 'team.yaml', flags: {}, env: {}, cwd }).catch((error: unknown) => error);
		expect(thrown).toBeInstanceOf(ConfigError);
		expect(thrown).toMatchObject({ code: 'config_invalid', problems: [{ path: 'agents' }, { path: 'locale' }] });
		expect(thrown).toHaveProperty(
			'userMessage',
			'The configuration has 2 problems:\n- team.yaml:1:9 agents: expected at least 1, found none\n- team.yaml:2:9 locale: expected text, found 5; put it in quotes',
		);
	});

	it('a provider that no agent uses is a warning with a suggestion', async () => {
		expect(await warningsOf(`${TWO}providers: {opnai: {base_url: "http://x"}}\n`)).toEqual([
			'team.yaml:6:13 providers.opnai: no agent uses this provider; did you mean openai?',
		]);
	});
});

describe('a secret', () => {
	const SECRET = 'sk-abcdef0123456789';

	it.each([
		['of the wrong type', agent(`type: openai, model: m, api_key: [${SECRET}]`)],
		['in headers that are no map', agent(`type: openai, model: m, headers: "Bearer ${SECRET}"`)],
		['in a header that is no text', agent(`type: openai, model: m, headers: {x: {y: ${SECRET}}}`)],
		['under a misspelt key', agent(`type: openai, model: m, apikey: ${SECRET}`)],
		['in the place of a value', agent(`type: openai, model: m, permission_mode: ${SECRET}`)],
		['in a broken line', `agent:\n  id: a\n  backend: {type: openai, model: m, api_key: ${SECRET}\n`],
		['in credentials', agent(`type: openai, model: m, command_line_docker_credentials: {env_vars: [${SECRET}]}`)],
	])('%s is never shown', async (_what, yaml) => {
		const { errors, warnings } = await check(yaml);
		const said = [...errors, ...warnings].map(formatProblem).join('\n');
		expect(said).not.toBe('');
		expect(said).not.toContain('abcdef');
	});
});

describe('any data at all', () => {
	it('is checked without a throw, and each problem has a place in the file', async () => {
		const key = fc.constantFrom(
			'agents',
			'agent',
			'id',
			'backend',
			'type',
			'teams',
			'orchestrator',
			'providers',
			'x',
			'__proto__',
		);
		const { data } = fc.letrec((tie) => ({
			data: fc.oneof(
				{ depthSize: 'small', withCrossShrink: true },
				fc.constantFrom<unknown>('openai', 'scripted', `\${HOME}`, '', null, true, -1, 0.5, Number.MAX_VALUE),
				fc.array(tie('data'), { maxLength: 3 }),
				fc.dictionary(key, tie('data'), { maxKeys: 4 }),
			),
		}));
		await fc.assert(
			fc.asyncProperty(fc.dictionary(key, data, { minKeys: 1, maxKeys: 4 }), async (value) => {
				const { config, errors } = await check(stringify(value, { aliasDuplicateObjects: false }));
				expect(config === null).toBe(errors.length > 0);
				for (const error of errors) expect(error.line).toBeGreaterThan(0);
			}),
			{ numRuns: 150 },
		);
	});
});
