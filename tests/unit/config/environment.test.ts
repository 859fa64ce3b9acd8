import { describe, expect, it } from 'vitest';
import { agentOf, backendOf, check, errorsOf, loaded, TWO, warningsOf } from './check.ts';

const agent = (lines: string) => `agent:\n  id: a\n  backend: {${lines}}\n`;

describe('variables in a file', () => {
	it.each([
		['api_key', `{type: openai, model: m, api_key: "\${K}"}`, { apiKey: 'v1' }],
		['part of base_url', `{type: vllm, model: m, base_url: "http://\${K}:8000/v1"}`, { baseUrl: 'http://v1:8000/v1' }],
		[
			'the values of headers',
			`{type: openai, model: m, headers: {x-token: "t-\${K}"}}`,
			{ headers: { 'x-token': 't-v1' } },
		],
	])('are replaced in %s', async (_where, lines, expected) => {
		expect(await backendOf(lines, { env: { K: 'v1' } })).toMatchObject(expected);
	});

	it('are replaced in providers', async () => {
		const yaml = `${TWO}providers: {openai: {api_key: "\${K}", base_url: "https://\${H}/v1"}}\n`;
		const config = await loaded(yaml, { env: { K: 'k', H: 'proxy.example' } });
		expect(agentOf(config)).toMatchObject({ apiKey: 'k', baseUrl: 'https://proxy.example/v1' });
	});

	it.each([
		['api_key', agent(`type: openai, model: m, api_key: "\${NOT_SET}"`), 'team.yaml:3:46 agent.backend.api_key'],
		['a provider', `${TWO}providers: {groq: {api_key: "\${NOT_SET}"}}\n`, 'team.yaml:6:29 providers.groq.api_key'],
		['an address', agent(`type: vllm, model: m, base_url: "http://\${NOT_SET}"`), 'agent.backend.base_url'],
	])('that are unset are an error with name and place: %s', async (_where, yaml, place) => {
		const errors = await errorsOf(yaml, { env: { NOT_SET: '' } });
		expect(errors).toHaveLength(1);
		expect(errors[0]).toContain(`${place}: the environment variable NOT_SET is not set; set it, or remove \${NOT_SET}`);
	});

	it.each(['model', 'seed', 'user'])('are an error in %s, which says where they work', async (key) => {
		const errors = await errorsOf(agent(`type: scripted, script: {}, ${key}: "\${K}"`), { env: { K: 'v' } });
		expect(errors).toHaveLength(1);
		expect(errors[0]).toContain(
			`.${key}: \${K} is not replaced here: variables work only in api_key, base_url, the values of headers`,
		);
	});

	it('are left alone, with a warning, in text that may mean them', async () => {
		const yaml = `agent:\n  id: a\n  system_message: "Write \${name} in shell."\n  backend: {type: openai, model: m}\n`;
		const { agents } = (await loaded(yaml, { env: { name: 'secret' } })).teams.get('team') ?? {};
		expect(agents?.get('a')?.systemMessage).toBe(`Write \${name} in shell.`);
		expect(await warningsOf(yaml)).toEqual([expect.stringContaining(`\${name} is left as it stands`)]);
	});

	it('are left alone in scripts, and `cwd` everywhere', async () => {
		const script = { answer: `\${K}`, at: `\${cwd}` };
		const backend = await backendOf(`{type: scripted, script: ${JSON.stringify(script)}}`, { env: { K: 'v' } });
		expect(backend.script).toEqual(script);
		expect(await errorsOf(agent(`type: openai, model: m, mcp_servers: {s: {command: x, args: ["\${cwd}"]}}`))).toEqual(
			[],
		);
	});

	it('hold secrets that never appear in a message', async () => {
		const env = { K: 'sk-topsecret-value' };
		const errors = await errorsOf(agent(`type: vllm, model: m, base_url: "\${K}"`), { env });
		expect(errors).toHaveLength(1);
		expect(errors.join()).not.toContain('topsecret');
	});
});

describe('words for true and false', () => {
	it.each([
		['yes', true],
		['On', true],
		['TRUE', true],
		['no', false],
		['off', false],
	])('%s is read as MassGen reads it', async (word, expected) => {
		expect(await backendOf(`{type: openai, model: m, enable_web_search: ${word}}`)).toMatchObject({
			webSearch: expected,
		});
	});

	it('stay text where text is due', async () => {
		const { config } = await check('agent:\n  id: yes\n  system_message: no\n  backend: {type: openai, model: on}\n');
		expect(config?.teams.get('team')?.team.members).toEqual([{ id: 'yes', model: 'openai on' }]);
	});
});
