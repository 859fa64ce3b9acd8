import { describe, expect, it } from 'vitest';
import { check, errorsOf, loaded, teamOf, warningsOf } from './check.ts';

const agent = (lines: string, sandbox = '') =>
	`${sandbox}agent:\n  id: a\n  backend: {type: openai, model: m, enable_mcp_command_line: true${lines === '' ? '' : `, ${lines}`}}\n`;
const MIB = 2 ** 20;
const DIGEST = `sha256:${'0'.repeat(64)}`;

const shellOf = async (yaml: string) => teamOf(await loaded(yaml)).agents.get('a')?.tools.shell;

describe('commands in a file', () => {
	it('are off unless the key is there, and then have careful defaults', async () => {
		expect(await shellOf('agent:\n  id: a\n  backend: {type: openai, model: m}\n')).toBeNull();
		expect(await shellOf(agent('').replace('true', 'false'))).toBeNull();
		expect(await shellOf(agent(''))).toEqual({
			image: null,
			limits: { memoryBytes: 2048 * MIB, cpus: 2, pids: 256, tmpBytes: 256 * MIB },
			longestMs: 600_000,
			egress: [],
			allowed: null,
			blocked: [],
		});
	});

	it("take MassGen's limits where they are below those of their level", async () => {
		const shell = await shellOf(
			agent(
				`command_line_docker_memory_limit: 1g, command_line_docker_cpu_limit: 0.5, command_line_docker_image: "tools@${DIGEST}", command_line_allowed_commands: [git, "npm (test|ci)"], command_line_blocked_commands: ["git push"]`,
			),
		);
		expect(shell).toMatchObject({
			image: `tools@${DIGEST}`,
			limits: { memoryBytes: 1024 * MIB, cpus: 0.5, pids: 256 },
			allowed: ['git', 'npm (test|ci)'],
			blocked: ['git push'],
		});
		expect(
			await warningsOf(agent('command_line_execution_mode: docker, command_line_docker_network_mode: none')),
		).toEqual([]);
	});

	it.each([
		['512m', 512],
		['"0.5G"', 512],
		['64MiB', 64],
		['67108864', 64],
	])('read %s as memory', async (text, mebibytes) => {
		const shell = await shellOf(agent(`command_line_docker_memory_limit: ${text}`));
		expect(shell?.limits.memoryBytes).toBe(mebibytes * MIB);
	});

	it('get no more than the level an admin has named, which the main file may define', async () => {
		const sandbox = 'sandbox: {level: small, levels: {small: {memory_mb: 100}, large: {wall_seconds: 7200}}}\n';
		const limits = 'command_line_docker_memory_limit: 8g, command_line_docker_cpu_limit: 16';
		expect(await shellOf(agent(limits, sandbox))).toMatchObject({
			limits: { memoryBytes: 100 * MIB, cpus: 0.5, pids: 64, tmpBytes: 50 * MIB },
			longestMs: 60_000,
		});
		expect(await warningsOf(agent(limits, sandbox))).toEqual([
			expect.stringMatching(
				/command_line_docker_memory_limit: ignored above 100m: the level small has no more; an admin may raise it under `sandbox\.levels`/,
			),
			expect.stringMatching(/command_line_docker_cpu_limit: ignored above 0\.5: /),
		]);
		const large = await loaded(agent('command_line_level: large', sandbox));
		expect(teamOf(large).agents.get('a')?.tools.shell).toMatchObject({ longestMs: 7_200_000 });
		expect(large.settings.commandCeiling).toEqual({
			memoryBytes: 4096 * MIB,
			cpus: 4,
			pids: 1024,
			wallMs: 7_200_000,
		});
	});

	it('reach the hosts that the main file lists, and only where the agent asks for a network', async () => {
		const sandbox = 'sandbox: {egress: ["registry.npmjs.org:443"]}\n';
		expect((await shellOf(agent('', sandbox)))?.egress).toEqual([]);
		const bridge = agent('command_line_docker_network_mode: bridge', sandbox);
		expect((await shellOf(bridge))?.egress).toEqual(['registry.npmjs.org:443']);
		expect(await warningsOf(bridge)).toEqual([]);
	});

	it.each([
		['local mode', 'command_line_execution_mode: local', 'ignored: commands never run on this machine itself'],
		[
			'the network of the machine',
			'command_line_docker_network_mode: host',
			"ignored: containers never get this machine's network",
		],
		[
			'a network without hosts',
			'command_line_docker_network_mode: bridge',
			'ignored: containers have no network but a proxy',
		],
		['root', 'command_line_docker_enable_sudo: true', 'ignored: nothing in a container can become root'],
		['credentials', 'command_line_docker_credentials: {mount: [ssh_keys]}', 'ignored: what a command can reach'],
		['packages', 'command_line_docker_packages: {preinstall: {python: [x]}}', 'nothing is installed at the start'],
	])('explain that there is no %s', async (_, lines, message) => {
		const { config, warnings } = await check(agent(lines));
		expect(config).not.toBeNull();
		expect(warnings.map((warning) => warning.message).join()).toContain(message);
		expect(warnings).toHaveLength(1);
	});

	it('that are not enabled make their settings pointless, which is said', async () => {
		const yaml = 'agent:\n  id: a\n  backend: {type: openai, model: m, command_line_level: large}\n';
		expect(await warningsOf(yaml)).toEqual([
			expect.stringContaining('ignored: the agent has no commands; write `enable_mcp_command_line: true`'),
		]);
	});

	it.each([
		[
			'a tag',
			'command_line_docker_image: "massgen/mcp-runtime:latest"',
			'may be another image tomorrow; write it with its digest',
		],
		['no amount', 'command_line_docker_memory_limit: much', 'expected memory of at least 32m'],
		['too little', 'command_line_docker_memory_limit: 1k', 'expected memory of at least 32m'],
		['a broken pattern', 'command_line_blocked_commands: ["rm ("]', 'rm ( is no regular expression'],
		['a mode that is none', 'command_line_execution_mode: remote', 'expected local or docker'],
		['a level that is none', 'command_line_level: huge', 'expected small, normal or large'],
	])('with %s are refused with a sentence', async (_, lines, message) => {
		expect((await errorsOf(agent(lines))).join('\n')).toContain(message);
	});

	it.each([
		['a host without a port', 'sandbox: {egress: [example.com]}\n', 'expected a host with its port'],
		['a level nobody knows', 'sandbox: {levels: {tiny: {cpus: 1}}}\n', 'tiny'],
		['no memory', 'sandbox: {levels: {small: {memory_mb: 1}}}\n', 'expected at least 32'],
	])('in a sandbox with %s are refused', async (_, sandbox, message) => {
		expect((await errorsOf(agent('', sandbox))).join('\n')).toContain(message);
	});
});
