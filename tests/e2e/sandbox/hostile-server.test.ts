import { Readable } from 'node:stream';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/system-clock.ts';
import { docker } from '../../support/docker.ts';
import { anyTurn, mcpWorld, serverSettings, unstopped } from '../../support/mcp.ts';
import { sandboxWorld, toolchainTag } from '../../support/sandbox-world.ts';
import { requireService } from '../../support/services.ts';

const SLOW = { timeout: 5 * 60_000 };
const SERVER = new URL('../../platforms/mcp-server/', import.meta.url).pathname;
const world = sandboxWorld();
let made: Promise<string> | null = null;

/** The toolchain with that server in it; the result is its id. */
function image(): Promise<string> {
	const build = async () => {
		const file = [`FROM ${await toolchainTag()}`, 'COPY *.ts /srv/', 'LABEL massgen.image=none'].join('\n');
		const said = await docker(['build', '--quiet', '--file=-', SERVER], Readable.from([file]));
		return /sha256:[0-9a-f]{64}/.exec(said)?.[0] ?? '';
	};
	made ??= build();
	return made;
}

beforeEach((context) => requireService('docker', context));
afterAll(async () => {
	await world.sandbox.close();
	if (made !== null) await docker(['rmi', '--force', await made]);
}, 60_000);

/** The tools of a server that misbehaves, in a container. */
async function opened(args: readonly string[] = [], limits = {}) {
	const { toolset, reports } = mcpWorld({ sandbox: world.sandbox, clock: systemClock });
	const launch = {
		...{
			type: 'stdio' as const,
			image: await image(),
			egress: [],
			workspace: false,
			env: { TOKEN: 'a-secret-of-the-server' },
		},
		command: ['node', '/srv/stdio-child.ts', ...args],
	};
	const tools = toolset(serverSettings(launch, { callTimeoutMs: 20_000, ...limits }));
	const offered = await tools.tools(anyTurn);
	return {
		tools,
		offered,
		reports,
		call: (name: string, input = {}) => tools.call(`box__${name}`, input, unstopped()),
	};
}

describe('a hostile MCP server in a container', SLOW, () => {
	it.each([
		['sends 100 MB', 'flood', /^box sent a message of more than 8 MiB, which is not read/],
		['dies in the middle of a call', 'die', /^box ended( with code 1)? before it answered.*may have run/],
		['answers garbage and half lines first', 'noise', /^well$/],
		['answers binary data first', 'binary', /^well$/],
	])('that %s does no harm, and works again with the next call', async (_, name, words) => {
		const { call, tools } = await opened();
		expect((await call(name)).text).toMatch(words);
		expect(await call('echo', { text: 'again' })).toEqual({ text: 'again', isError: false });
		await tools.close();
		expect(await world.left()).toEqual([]);
	});

	it('that never answers a call is not waited for', async () => {
		const { call, tools } = await opened([], { callTimeoutMs: 500 });
		expect(await call('hang')).toMatchObject({ isError: true, text: expect.stringMatching(/^box did not answer/) });
		await tools.close();
		expect(await world.left()).toEqual([]);
	});

	it('that never answers at all, or ends at once, has no tools, and its container is gone', async () => {
		const mute = await opened(['mute'], { startTimeoutMs: 3_000 });
		expect(mute.offered).toEqual([]);
		const broken = await opened(['broken']);
		expect(broken.offered).toEqual([]);
		expect(broken.reports.join()).toContain('cannot find my configuration');
		expect(broken.reports.join()).not.toContain('a-secret-of-the-server');
		expect(await world.left()).toEqual([]);
	});

	it('sees its own environment and nothing of the machine', async () => {
		const { call, tools } = await opened();
		const { env } = JSON.parse((await call('environment')).text);
		expect(env.TOKEN).toBe('a-secret-of-the-server');
		// What the engine, the image and the shell of the launcher set.
		const usual = ['HOME', 'HOSTNAME', 'LANG', 'OLDPWD', 'PATH', 'PWD', 'SHLVL', '_', 'TOKEN'];
		expect(Object.keys(env).filter((name) => !usual.includes(name))).toEqual([]);
		await tools.close();
	});
});
