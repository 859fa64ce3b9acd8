import { describe, expect, it } from 'vitest';
import { allMcpServers } from '../../../src/config/all-mcp-servers.ts';
import { errorsOf, loaded, teamOf } from './check.ts';

const agent = (servers: string) => `agent:\n  id: a\n  backend: {type: openai, model: m, mcp_servers: ${servers}}\n`;

describe('MCP servers in a file', () => {
	it('have careful defaults', async () => {
		const config = await loaded(agent('{time: {command: time-server}}'));
		expect(teamOf(config).agents.get('a')?.tools.servers).toEqual([
			{
				name: 'time',
				launch: { type: 'stdio', command: ['time-server'], env: {}, image: null, egress: [], workspace: false },
				allowed: null,
				excluded: [],
				trusted: false,
				effects: {},
				firstSight: 'accepted',
				startTimeoutMs: 20_000,
				callTimeoutMs: 120_000,
			},
		]);
	});

	it('at the top of the main file are for every agent; each server counts once', async () => {
		const shared = 'mcp_servers:\n  notes: {url: "https://notes.example/mcp", trusted: true}\n';
		const config = await loaded(
			shared + agent('[{name: notes, url: "https://notes.example/mcp"}, {name: b, command: x}]'),
		);
		expect(config.settings.mcpServers).toMatchObject([{ name: 'notes', trusted: true }]);
		expect(allMcpServers(config).map(({ name }) => name)).toEqual(['notes', 'b']);
	});

	it('of a preset have its command and the effects of its tools, and what the file says goes before them', async () => {
		const config = await loaded(agent('[{preset: filesystem}, {preset: everything, name: all, trusted: false}]'));
		expect(teamOf(config).agents.get('a')?.tools.servers).toMatchObject([
			{
				name: 'filesystem',
				launch: { type: 'stdio', command: ['mcp-server-filesystem', `\${cwd}`], workspace: true },
				trusted: true,
				effects: { write_file: 'workspace' },
			},
			{ name: 'all', launch: { command: ['mcp-server-everything', 'stdio'] }, trusted: false },
		]);
	});

	it('take secrets from variables, and no message shows them', async () => {
		const lines = `{n: {url: "https://x.example/?key=\${K}", headers: {Authorization: "Bearer \${K}"}}}`;
		const config = await loaded(agent(lines), { env: { K: 'topsecret' } });
		expect(teamOf(config).agents.get('a')?.tools.servers[0]?.launch).toMatchObject({
			url: 'https://x.example/?key=topsecret',
			headers: { Authorization: 'Bearer topsecret' },
		});
		expect((await errorsOf(agent(lines))).join()).toContain('the environment variable K is not set');
		const broken = await errorsOf(agent(`{n: {url: "\${K}"}}`), { env: { K: 'topsecret' } });
		expect(broken).toHaveLength(1);
		expect(broken.join()).not.toContain('topsecret');
	});

	it.each([
		['no name', '[{command: x}]', 'the key name is missing'],
		['a name twice', '[{name: n, command: x}, {name: n, command: y}]', 'is already used'],
		['a name that would blur the names of tools', '{a__b: {command: x}}', 'cannot be part of a tool'],
		['a preset that is none', '{n: {preset: banking}}', 'expected filesystem or everything'],
		[
			'a preset and an address',
			'{n: {preset: filesystem, url: "https://x.example"}}',
			'command and url are both there',
		],
		['neither program nor address', '{n: {}}', 'neither command nor url'],
		['both', '{n: {command: x, url: "https://x.example"}}', 'command and url are both there'],
		['a type without its address', '{n: {type: streamable-http}}', 'needs `url`'],
		['a type that is not spoken', '{n: {type: sse, url: "https://x.example"}}', 'expected stdio or streamable-http'],
		['a misspelt list', '{n: {command: x, alowed_tools: [a]}}', 'did you mean allowed_tools?'],
		['an effect that is none', '{n: {command: x, effects: {a: harmless}}}', 'expected none, workspace, external'],
	])('with %s are refused with a sentence', async (_, servers, message) => {
		expect((await errorsOf(agent(servers))).join('\n')).toContain(message);
	});
});
