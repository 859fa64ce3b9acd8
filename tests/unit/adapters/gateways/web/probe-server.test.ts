import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createProbeServer } from '../../../../../src/adapters/gateways/web/probe-server.ts';
import { freePort } from '../../../../support/free-port.ts';
import { strictEnglish } from '../../../../support/say.ts';

const HOST = '127.0.0.1';
const say = await strictEnglish();

it('tells how a process is that has no page', async () => {
	const port = await freePort();
	const problems: string[] = [];
	const probes = { problems: async () => problems, metrics: () => 'runs 1\n', metricsToken: 'scraper' };
	const server = createProbeServer({ host: HOST, port, probes, say, onProblem: () => {} });
	await server.start();
	onTestFinished(server.stop);
	const get = (path: string, headers: Record<string, string> = {}) =>
		fetch(`http://${HOST}:${port}${path}`, { headers });
	expect((await get('/healthz')).status).toBe(200);
	expect((await get('/readyz')).status).toBe(200);
	problems.push('draining');
	const draining = await get('/readyz');
	expect([draining.status, await draining.json()]).toEqual([503, { status: 'not ready', problems: ['draining'] }]);
	expect((await get('/metrics')).status).toBe(403);
	expect(await (await get('/metrics', { authorization: 'Bearer scraper' })).text()).toBe('runs 1\n');
	expect((await get('/api/threads')).status).toBe(404);
});

it('says which variable to change when its port is taken', async () => {
	const port = await freePort();
	const other = createServer().listen(port, HOST);
	await once(other, 'listening');
	onTestFinished(() => void other.close());
	const probes = { problems: async () => [], metrics: () => '', metricsToken: null };
	const server = createProbeServer({ host: HOST, port, probes, say, onProblem: () => {} });
	await expect(server.start()).rejects.toMatchObject({
		code: 'config_invalid',
		userMessage: expect.stringContaining(`PROBE_PORT=${port + 1}`),
	});
});
