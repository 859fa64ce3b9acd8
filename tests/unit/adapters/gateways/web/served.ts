import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import { createWebGateway, type WebGatewayOptions } from '../../../../../src/adapters/gateways/web/web-gateway.ts';
import type { Place, ThreadMessage } from '../../../../../src/core/gateway.ts';
import { createManualClock } from '../../../../support/manual-clock.ts';
import { strictEnglish } from '../../../../support/say.ts';
import { readEvents } from './event-reader.ts';
import { createFakeHost } from './fake-host.ts';

const say = await strictEnglish();

/** A built page in a folder of its own. */
async function builtPage(): Promise<URL> {
	const folder = await mkdtemp(join(tmpdir(), 'page-'));
	onTestFinished(() => rm(folder, { recursive: true }));
	await mkdir(join(folder, 'assets'));
	await writeFile(join(folder, 'index.html'), '<!doctype html><title>MassGen Chat</title>');
	await writeFile(join(folder, 'assets', 'index-abc123.js'), 'console.log(1)');
	await writeFile(join(folder, '.secret'), 'hidden');
	return pathToFileURL(`${folder}/`);
}

/** A gateway that has not been started, and what it tells. */
export async function createServed(options: Partial<WebGatewayOptions> = {}) {
	const host = createFakeHost();
	const clock = createManualClock();
	const problems: string[] = [];
	const gateway = createWebGateway({
		host: '127.0.0.1',
		port: 0,
		token: null,
		assets: await builtPage(),
		clock,
		say,
		version: '1.2.3',
		probes: { problems: async () => [], metrics: () => '', metricsToken: null },
		onProblem: (text) => problems.push(text),
		...options,
	});
	onTestFinished(() => gateway.stop());
	/** Posts a message, or puts it in the place of the one with its key. */
	const show = (place: Place, message: ThreadMessage) =>
		gateway.post(place, { key: message.key, nonce: '', mayExist: false }, message);
	return { host, clock, problems, gateway, show };
}

/** A gateway that listens on a free port, and people who use it. */
export async function served(options: Partial<WebGatewayOptions> = {}) {
	const world = await createServed(options);
	await world.gateway.start(world.host);
	const url = (path: string) => `${world.gateway.address()}${path}`;

	const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
		fetch(url(path), {
			method,
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
			headers: { ...(method === 'POST' ? { 'content-type': 'application/json' } : {}), ...headers },
		});

	return {
		...world,
		url,
		get: (path: string, headers: Record<string, string> = {}) => send('GET', path, undefined, headers),
		post: (path: string, body: unknown = {}, headers: Record<string, string> = {}) => send('POST', path, body, headers),
		watch: (thread: string, headers: Record<string, string> = {}) =>
			readEvents(url(`/api/threads/${thread}/events`), headers),
		/** A request with headers that `fetch` does not let one set. */
		raw: (method: string, path: string, headers: Record<string, string>) => rawStatus(url(path), method, headers),
	};
}

export type Served = Awaited<ReturnType<typeof served>>;

function rawStatus(url: string, method: string, headers: Record<string, string>): Promise<number> {
	return new Promise((resolve, reject) => {
		const sent = request(url, { method, headers, agent: false }, (response) => {
			response.resume();
			resolve(response.statusCode ?? 0);
		});
		sent.on('error', reject);
		sent.end(method === 'POST' ? '{}' : undefined);
	});
}
