import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDockerSandbox } from '../../../src/adapters/sandbox/docker.ts';
import { systemClock } from '../../../src/system-clock.ts';
import { LIMITS, sandboxWorld, textOf } from '../../support/sandbox-world.ts';
import { requireService } from '../../support/services.ts';

const SLOW = { timeout: 5 * 60_000 };
const world = sandboxWorld();
/** An admin has said that this machine may be reached: there is no other one in a test. */
const opened = createDockerSandbox({
	instance: world.instance,
	clock: systemClock,
	egress: { bytes: 100_000, privateAddresses: ['127.0.0.1'] },
});
let server: Server;
let port: number;
const seen: string[] = [];

beforeEach((context) => requireService('docker', context));
beforeAll(async () => {
	server = createServer((message, answer) => {
		seen.push(`${message.method} ${message.headers.host}${message.url} ${message.headers['proxy-connection'] ?? ''}`);
		answer.end(message.url === '/big' ? 'x'.repeat(200_000) : 'hello');
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
	await opened.close();
	await world.sandbox.close();
	server.close();
}, 60_000);

/** What a program inside gets of each address: as a client that knows proxies, by the variables it is given. */
async function fetched(sandbox: typeof opened, egress: readonly string[], urls: readonly string[]): Promise<string[]> {
	const script = `
		import { get } from 'node:http';
		const ask = (url) => new Promise((resolve) => {
			const asked = get(url, { headers: { 'proxy-connection': 'close' } }, (answer) => {
				let text = '';
				answer.setEncoding('utf8').on('data', (piece) => { text += piece; });
				answer.on('error', () => resolve('cut off'));
				answer.on('end', () => resolve(answer.statusCode + ' ' + text.slice(0, 80)));
			});
			asked.on('error', () => resolve('failed'));
		});
		// This client asks for tunnels, the one above for addresses.
		const tunnel = (url) => fetch(url).then(async (it) => 'tunnel ' + it.status + ' ' + (await it.text()), () => 'no tunnel');
		const said = [];
		for (const url of ${JSON.stringify(urls)}) said.push(await (url.endsWith('#') ? tunnel(url) : ask(url)));
		console.log(JSON.stringify(said));`;
	const command = ['node', '--input-type=module', '-e', script];
	const request = await world.request(command, { egress, limits: { ...LIMITS, memoryBytes: 2 * LIMITS.memoryBytes } });
	const process = await sandbox.spawn(request, new AbortController().signal);
	process.end();
	const [stdout, stderr] = await Promise.all([textOf(process.stdout), textOf(process.stderr)]);
	expect(await process.exit, stderr).toEqual({ code: 0, killed: null });
	return JSON.parse(stdout);
}

describe('egress', SLOW, () => {
	it('reaches the allowed host and port, and no other', async () => {
		const urls = [`http://localhost:${port}/a?b=c`, 'http://localhost:1/', 'http://example.com/'];
		urls.push(`http://localhost:${port}/tunnel#`, 'http://localhost:1/#');
		const said = await fetched(opened, [`localhost:${port}`], urls);
		expect(said).toEqual([
			'200 hello',
			expect.stringMatching(/^403 Egress proxy: localhost:1 is not allowed/),
			expect.stringMatching(/^403 Egress proxy: example.com:80 is not allowed/),
			'tunnel 200 hello',
			'no tunnel',
		]);
		expect(seen.splice(0)).toEqual([`GET localhost:${port}/a?b=c `, `GET localhost:${port}/tunnel `]);
		expect(await world.left()).toEqual([]);
	});

	it('does not reach an allowed host that is at an address of this machine', async () => {
		const said = await fetched(world.sandbox, [`localhost:${port}`], [`http://localhost:${port}/`]);
		expect(said).toEqual([expect.stringMatching(/^403 Egress proxy: localhost is not at a public address/)]);
		expect(seen.splice(0)).toEqual([]);
	});

	it('ends when its bytes are spent', async () => {
		const url = `http://localhost:${port}`;
		const said = await fetched(opened, [`localhost:${port}`], [`${url}/`, `${url}/big`, `${url}/`]);
		expect(said).toEqual(['200 hello', 'cut off', expect.stringMatching(/^403 Egress proxy: all the bytes/)]);
	});

	it('passes input, output, signals and the exit code of the program through', async () => {
		const request = await world.request(['bash', '-c', 'read -r x; echo "$x"; exit 7'], { egress: ['a.example:443'] });
		const process = await opened.spawn(request, new AbortController().signal);
		await process.write(Buffer.from('in\n'));
		expect(await textOf(process.stdout)).toBe('in\n');
		expect(await process.exit).toEqual({ code: 7, killed: null });
	});

	it('is refused for what is not a host with a port', async () => {
		for (const host of ['example.com', '*:443', '[::1]:80', 'a b:1', 'example.com:0', 'http://example.com:80']) {
			await expect(world.bash('true', { egress: [host] }), host).rejects.toThrow(/is not a host with a port/);
		}
	});
});
