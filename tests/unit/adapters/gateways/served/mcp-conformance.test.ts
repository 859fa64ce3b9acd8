import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { startScript, temporaryFolder } from '../../../../support/command.ts';
import { startServedApp, TOKEN } from './served-app.ts';

/**
 * Server scenarios of the official suite that need no tool, prompt or resource of its own test server. The suite has no
 * credentials, so something in front of the program adds them; nothing else is changed.
 */
const SCENARIOS = [
	['server-initialize', '2025-11-25', []],
	['ping', '2025-11-25', []],
	['tools-list', '2025-11-25', []],
	['dns-rebinding-protection', '2025-11-25', []],
	['tools-list', '2026-07-28', []],
	[
		'server-stateless',
		'2026-07-28',
		// Checks within it that need tools of that test server; the last by chance. All others hold.
		[
			'ServerRejectsUndeclaredCapability',
			'MissingCapabilityHttp400',
			'HttpServerNoIndependentRequestsOnStream',
			'ServerNoLogWithoutLogLevel',
			'ServerHonorsNotificationFilter',
		],
	],
] satisfies [string, string, string[]][];

async function withCredentials(url: string) {
	const { hostname, port } = new URL(url);
	const server = createServer((incoming, outgoing) => {
		const headers = { ...incoming.headers, authorization: `Bearer ${TOKEN}` };
		const passed = send({ hostname, port, method: incoming.method, path: incoming.url, headers }, (answer) => {
			outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
			answer.pipe(outgoing);
		});
		passed.on('error', () => outgoing.destroy());
		outgoing.on('close', () => passed.destroy());
		incoming.pipe(passed);
	});
	await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
	const address = server.address() as AddressInfo;
	return { url: `http://127.0.0.1:${address.port}/mcp`, close: () => server.close() };
}

let url: string;

beforeAll(async () => {
	const world = await startServedApp();
	const front = await withCredentials(world.url);
	url = front.url;
	return async () => {
		front.close();
		await world.close();
	};
});

describe('the official conformance suite for servers', () => {
	it.concurrent.each(SCENARIOS)(
		'is met: %s of %s',
		async (scenario, revision, beside) => {
			const folder = await temporaryFolder();
			const given = ['--scenario', scenario, '--spec-version', revision, '-o', folder.path];
			const args = ['server', '--url', url, ...given];
			const ended = await startScript('node_modules/@modelcontextprotocol/conformance/dist/index.js', args).ended;
			await folder.remove();
			const said = ended.stdout + ended.stderr;
			const [, passed = '0'] = /Passed: (\d+)\/\d+/.exec(said) ?? [];
			expect(Number(passed), said).toBeGreaterThanOrEqual(beside.length > 0 ? 23 : 1);
			const failed = [...said.matchAll(/^ {2}- (\w+):/gm)].map(([, check]) => check);
			expect(beside, said).toEqual(expect.arrayContaining(failed));
		},
		60_000,
	);
});
