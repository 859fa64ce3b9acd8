import { describe, expect, it, onTestFinished } from 'vitest';
import type { McpServerSettings, McpStdioLaunch } from '../../../../src/core/mcp-settings.ts';
import { toolsetContract } from '../../../contracts/toolset-contract.ts';
import { anyTurn, mcpWorld, serverSettings, unstopped } from '../../../support/mcp.ts';
import { createProcessSandbox } from '../../../support/process-sandbox.ts';

const SERVER = new URL('../../../platforms/mcp-server/stdio-child.ts', import.meta.url).pathname;

const launchOf = (args: readonly string[] = [], more: Partial<McpStdioLaunch> = {}): McpStdioLaunch => ({
	type: 'stdio',
	command: ['node', SERVER, ...args],
	env: {},
	image: null,
	egress: [],
	workspace: false,
	...more,
});

function world() {
	const sandbox = createProcessSandbox();
	onTestFinished(() => sandbox.close());
	return { sandbox, ...mcpWorld({ sandbox }) };
}

/** A toolset over the server, and the end of what it says on the error stream, as its death reveals it. */
function opened(launch = launchOf(), more: Partial<McpServerSettings> = {}) {
	const made = world();
	return { ...made, toolset: made.toolset(serverSettings(launch, { callTimeoutMs: 5_000, ...more })) };
}

toolsetContract('MCP server over standard streams', async () => {
	const { sandbox, toolset } = opened();
	const heard = Promise.withResolvers<void>();
	const spawn = sandbox.spawn;
	const sent: string[] = [];
	const called = Promise.withResolvers<void>();
	sandbox.spawn = async (request, signal) => {
		const process = await spawn(request, signal);
		const write = (bytes: Uint8Array) => {
			sent.push(new TextDecoder().decode(bytes));
			if (sent.at(-1)?.includes('"tools/call"')) called.resolve();
			if (sent.at(-1)?.includes('notifications/cancelled')) heard.resolve();
			return process.write(bytes);
		};
		return { ...process, write };
	};
	return {
		toolset,
		echo: 'box__echo',
		failing: 'box__fail',
		endless: 'box__hang',
		started: () => called.promise,
		stopped: () => heard.promise,
	};
});

describe('an MCP server that is a program', () => {
	it('runs in a sandbox with nothing but what the configuration gives it', async () => {
		const { sandbox, toolset } = opened(launchOf(['--root', `\${cwd}`], { env: { TOKEN: 't-1' }, workspace: true }));
		await toolset.tools(anyTurn);
		const { text } = await toolset.call('box__environment', {}, unstopped());
		expect(JSON.parse(text).env).toMatchObject({ TOKEN: 't-1' });
		expect(JSON.parse(text).env.PATH).toBeUndefined();
		expect(sandbox.requests).toMatchObject([
			{
				run: 'run1',
				purpose: 'mcp',
				image: 'sha256:test',
				command: ['node', SERVER, '--root', '/workspace'],
				mounts: [{ workspace: 'run1/mcp-box-ada', at: '/workspace', writable: true }],
				cwd: '/workspace',
				egress: [],
			},
		]);
	});

	it('is one process for a run, gone when the run is over', async () => {
		const { sandbox, toolset, servers, toolset: one, ...made } = { ...opened() };
		await toolset.tools(anyTurn);
		await Promise.all([1, 2, 3].map(() => toolset.call('box__echo', { text: 'x' }, unstopped())));
		expect([sandbox.requests.length, sandbox.running()]).toEqual([1, 1]);
		await one.close();
		expect(sandbox.running()).toBe(0);
		expect([servers !== null, made.reports]).toEqual([true, []]);
	});

	it('of before revision 2026-07-28 that ends when it is asked for that is started again, and not asked again', async () => {
		const made = world();
		const settings = serverSettings(launchOf(['dies-early']));
		for (const run of ['run1', 'run2']) {
			const toolset = made.toolset(settings, { run: made.servers.forRun(run, null) });
			await toolset.tools(anyTurn);
			expect(await toolset.call('box__echo', { text: 'hi' }, unstopped())).toMatchObject({ text: 'hi' });
			await toolset.close();
		}
		expect(made.sandbox.requests).toHaveLength(3);
	});

	it('that cannot start says so in its own words, without its secrets', async () => {
		const { toolset, reports } = opened(launchOf(['broken'], { env: { TOKEN: 'topsecret' } }));
		expect(await toolset.tools(anyTurn)).toEqual([]);
		const [report] = reports;
		expect(report).toMatch(
			/^The MCP server box cannot be used: ended( with code 3)?, after it had written: cannot find/,
		);
		expect(report).toContain('configuration for ….');
	});

	it('that never answers is given up at its limit', async () => {
		const { toolset, reports, clock, sandbox } = opened(launchOf(['mute']));
		const tools = toolset.tools(anyTurn);
		await expect.poll(() => sandbox.running()).toBe(1);
		await clock.advance(10_000);
		expect(await tools).toEqual([]);
		expect(reports).toEqual(['The MCP server box cannot be used: did not answer within 10 s.']);
		expect(sandbox.running()).toBe(0);
	});

	it('has no place without a sandbox or an image, and never runs on the host', async () => {
		const bare = mcpWorld();
		expect(await bare.toolset(serverSettings(launchOf())).tools(anyTurn)).toEqual([]);
		expect(bare.reports).toEqual([expect.stringContaining('programs run in a container only')]);
		const { toolset, sandbox, reports } = opened();
		sandbox.mcpImage = null;
		expect(await toolset.tools(anyTurn)).toEqual([]);
		expect(reports).toEqual([expect.stringContaining('npm run sandbox:build')]);
	});
});

describe('a hostile program', () => {
	it.each([
		['ends in the middle of a call', 'die', /^box ended( with code 1)? before it answered.*may have run/],
		['sends 100 MB', 'flood', /^box sent a message of more than 8 MiB, which is not read/],
	])('that %s gives an error result, and works again with the next call', async (_, name, words) => {
		const { toolset, sandbox } = opened();
		await toolset.tools(anyTurn);
		expect(await toolset.call(`box__${name}`, {}, unstopped())).toEqual({
			isError: true,
			text: expect.stringMatching(words),
		});
		expect(await toolset.call('box__echo', { text: 'again' }, unstopped())).toEqual({ text: 'again', isError: false });
		expect(sandbox.requests).toHaveLength(2);
	});

	it('that ends under several calls is started again once', async () => {
		const { toolset, sandbox } = opened();
		await toolset.tools(anyTurn);
		const call = (name: string) => toolset.call(`box__${name}`, { text: 'x' }, unstopped());
		const results = await Promise.all(['hang', 'die', 'hang'].map(call));
		expect(results.map(({ isError }) => isError)).toEqual([true, true, true]);
		expect((await Promise.all(['echo', 'echo'].map(call))).map(({ text }) => text)).toEqual(['x', 'x']);
		await expect.poll(() => sandbox.running()).toBe(1);
		expect(sandbox.requests).toHaveLength(2);
	});

	it.each(['noise', 'binary'])('that sends lines of %s before its answer is understood', async (name) => {
		const { toolset } = opened();
		await toolset.tools(anyTurn);
		expect(await toolset.call(`box__${name}`, {}, unstopped())).toEqual({ text: 'well', isError: false });
	});

	it('that does not answer a call is not waited for', async () => {
		const { toolset } = opened(launchOf(), { callTimeoutMs: 200 });
		await toolset.tools(anyTurn);
		expect(await toolset.call('box__hang', {}, unstopped())).toMatchObject({
			isError: true,
			text: expect.stringMatching(/^box did not answer within 1 s\. The call may have run/),
		});
	});
});
