import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { toolsetContract } from '../../../contracts/toolset-contract.ts';
import { type Behaviour, type Reply, text, tool } from '../../../platforms/mcp-server/behaviour.ts';
import { startMcpHttpServer } from '../../../platforms/mcp-server/http-server.ts';
import { anyTurn, httpLaunch, mcpWorld, serverSettings, unstopped } from '../../../support/mcp.ts';

async function serverWith(behaviour: Partial<Behaviour>, options: { json?: boolean } = {}) {
	const full: Behaviour = { tools: [tool('say')], call: () => text('hello'), ...behaviour };
	const server = await startMcpHttpServer(full, options);
	onTestFinished(() => server.close());
	return { server, behaviour: full, settings: serverSettings(httpLaunch(server.url)) };
}

/** One call of the tool `say` that the server replies to like this. */
async function callThatGets(reply: Reply, more: Record<string, unknown> = {}) {
	const { settings } = await serverWith({ tools: [tool('say', more)], call: () => reply });
	const toolset = mcpWorld().toolset({ ...settings, callTimeoutMs: reply.type === 'silence' ? 300 : 10_000 });
	await toolset.tools(anyTurn);
	return toolset.call('box__say', {}, unstopped());
}

const MIB = 1024 * 1024;

toolsetContract('MCP server over HTTP', async () => {
	const replies: Record<string, (input: Record<string, unknown>) => Reply> = {
		echo: (input) => text(String(input.text)),
		fail: () => text('no luck', { isError: true }),
		hang: () => ({ type: 'silence' }),
	};
	const { server, settings } = await serverWith({
		tools: Object.keys(replies).map((name) => tool(name)),
		call: (name, input) => replies[name]?.(input) ?? { type: 'error', code: -32_602, message: 'no such tool' },
	});
	return {
		toolset: mcpWorld().toolset(settings),
		echo: 'box__echo',
		failing: 'box__fail',
		endless: 'box__hang',
		started: () => server.saw('tools/call'),
		stopped: () => server.saw('notifications/cancelled'),
	};
});

describe('an MCP server over HTTP', () => {
	it.each([{ json: false }, { json: true }])('gives its tools and their results (%j)', async (options) => {
		const { settings, server } = await serverWith({}, options);
		const toolset = mcpWorld().toolset(settings);
		expect(await toolset.tools(anyTurn)).toEqual([
			{
				name: 'box__say',
				description: 'say it',
				parameters: { type: 'object', properties: { words: { type: 'string' } } },
				effects: 'irreversible',
				idempotent: false,
				openWorld: true,
				source: 'box',
				fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
				label: 'box · say',
			},
		]);
		expect(await toolset.call('box__say', { words: 'hi' }, unstopped())).toEqual({ text: 'hello', isError: false });
		expect(server.received.at(-1)).toMatchObject({ params: { name: 'say', arguments: { words: 'hi' } } });
	});

	it('is sent its headers, and told of no ability that this program does not have', async () => {
		const { server, settings } = await serverWith({});
		const launch = httpLaunch(server.url, { headers: { authorization: 'Bearer k' } });
		await mcpWorld()
			.toolset({ ...settings, launch })
			.tools(anyTurn);
		expect(server.headers.every((headers) => headers.authorization === 'Bearer k')).toBe(true);
		expect(await server.saw('initialize')).toMatchObject({ params: { capabilities: {} } });
	});

	it('is connected once for the agents of a run, and closed with the last of them', async () => {
		const { server, settings } = await serverWith({});
		const world = mcpWorld();
		const run = world.servers.forRun('run1', null);
		const [one, two] = [world.toolset(settings, { run }), world.toolset(settings, { run, agent: 'bob' })];
		await Promise.all([one.tools(anyTurn), two.tools(anyTurn)]);
		await one.close();
		expect(await two.call('box__say', {}, unstopped())).toMatchObject({ isError: false });
		expect(server.received.filter(({ method }) => method === 'initialize')).toHaveLength(1);
	});

	it('may speak revision 2025-06-18', async () => {
		const { settings } = await serverWith({ revision: '2025-06-18' });
		const toolset = mcpWorld().toolset(settings);
		await toolset.tools(anyTurn);
		expect(await toolset.call('box__say', {}, unstopped())).toEqual({ text: 'hello', isError: false });
	});

	it('that says its tools are others now loses those that have changed, in the middle of a run', async () => {
		const { settings, server, behaviour } = await serverWith({ tools: [tool('say'), tool('sing')] });
		const world = mcpWorld();
		const toolset = world.toolset(settings);
		await toolset.tools(anyTurn);
		behaviour.tools = [tool('say', { description: 'say everything' }), tool('sing')];
		await expect.poll(() => server.announceTools()).toBeGreaterThan(0);
		const call = (name: string) => toolset.call(name, {}, unstopped());
		await expect
			.poll(() => call('box__say'))
			.toEqual({
				isError: true,
				text: 'The tool say has changed since it was accepted, and is not called until a person accepts it again.',
			});
		expect(await call('box__sing')).toMatchObject({ isError: false });
		expect((await toolset.tools(anyTurn)).map(({ name }) => name)).toEqual(['box__sing']);
		await world.pins.accept(settings, null);
		await toolset.tools(anyTurn);
		expect(await call('box__say')).toMatchObject({ isError: false });
	});

	it('that is known does not keep the model waiting for its start', async () => {
		const { settings, behaviour, server } = await serverWith({});
		const world = mcpWorld();
		const first = world.toolset(settings);
		await first.tools(anyTurn);
		await first.close();
		behaviour.refuses = true;
		const again = world.toolset(settings, { run: world.servers.forRun('run2', null) });
		expect(await again.tools(anyTurn)).toHaveLength(1);
		expect(await again.call('box__say', {}, unstopped())).toMatchObject({
			isError: true,
			text: expect.stringMatching(/^The MCP server box cannot be used: .*go away.* The call was not made\.$/),
		});
		expect(server.received.filter(({ method }) => method === 'tools/call')).toHaveLength(0);
	});

	it('that cannot be reached leaves the agent without its tools, and a person is told why, once', async () => {
		const { server, settings } = await serverWith({});
		await server.close();
		const world = mcpWorld();
		const toolset = world.toolset(settings);
		expect([await toolset.tools(anyTurn), await toolset.tools(anyTurn)]).toEqual([[], []]);
		expect(world.reports).toEqual([expect.stringMatching(/^The MCP server box cannot be used: .*ECONNREFUSED/)]);
	});

	it('that has failed three times is left alone for a minute', async () => {
		const { server, settings, behaviour } = await serverWith({ refuses: true });
		const world = mcpWorld();
		const toolset = world.toolset(settings);
		for (let tries = 0; tries < 3; tries += 1) await toolset.tools(anyTurn);
		const asked = server.received.length;
		behaviour.refuses = false;
		expect(await toolset.tools(anyTurn)).toEqual([]);
		expect(server.received).toHaveLength(asked);
		await world.clock.advance(60_000);
		expect(await toolset.tools(anyTurn)).toHaveLength(1);
	});
});

describe('a hostile MCP server over HTTP', () => {
	it.each<[string, Reply, RegExp]>([
		['never answers', { type: 'silence' }, /^box did not answer within 1 s.*may have run/],
		['drops the connection', { type: 'death' }, /^box .*may have run/],
		['sends 100 MB', { type: 'flood', bytes: 100 * MIB }, /^box .*more than 8 MiB/],
		['refuses', { type: 'error', code: -32_602, message: 'bad\u202e words' }, /^box refused the call: .*bad words/],
		['sends no result', { type: 'result', result: { content: 'x' } }, /^box /],
	])('that %s gives an error result that says so', async (_, reply, words) => {
		expect(await callThatGets(reply)).toEqual({ isError: true, text: expect.stringMatching(words) });
	});

	it.each<[string, Reply]>([
		['garbage', { type: 'noise', text: '{"jsonrpc": "2.0", "id": 99', next: text('well') }],
		["another call's result", { type: 'noise', text: '{"jsonrpc":"2.0","id":99,"result":{}}', next: text('well') }],
	])('that sends %s before its answer is understood', async (_, reply) => {
		expect(await callThatGets(reply)).toEqual({ isError: false, text: 'well' });
	});

	it('that breaks its own schema is caught', async () => {
		const outputSchema = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] };
		const good = text('1', { structuredContent: { n: 1 } });
		expect(await callThatGets(good, { outputSchema })).toMatchObject({ isError: false });
		expect(await callThatGets(text('x', { structuredContent: { n: 'x' } }), { outputSchema })).toMatchObject({
			isError: true,
			text: expect.stringContaining('output schema'),
		});
	});

	it('tells how far it is, in its own words and once a second at most', async () => {
		const reply: Reply = { type: 'progress', count: 50, total: 50, message: 'counting', next: text('well') };
		const { settings } = await serverWith({ call: () => reply });
		const toolset = mcpWorld().toolset(settings);
		await toolset.tools(anyTurn);
		const lines: string[] = [];
		await toolset.call('box__say', {}, { ...unstopped(), progress: (line) => lines.push(line) });
		expect(lines).toEqual(['2 % · counting']);
	});

	it('that shows signs of life may take longer', async () => {
		expect(await callThatGets({ type: 'progress', count: 50, next: text('well') })).toMatchObject({ text: 'well' });
	});

	it('is not believed when it calls its tools harmless, unless it is trusted or the configuration says so', async () => {
		const annotations = { readOnlyHint: true };
		const { settings } = await serverWith({ tools: [tool('say', { annotations }), tool('wipe')] });
		const effectsOf = async (more: Partial<typeof settings>) =>
			(
				await mcpWorld()
					.toolset({ ...settings, ...more })
					.tools(anyTurn)
			).map(({ effects }) => effects);
		expect(await effectsOf({})).toEqual(['irreversible', 'irreversible']);
		expect(await effectsOf({ trusted: true })).toEqual(['none', 'irreversible']);
		expect(await effectsOf({ effects: { wipe: 'workspace' } })).toEqual(['irreversible', 'workspace']);
	});

	it('offers no tool that is there twice, huge, or refers to another document', async () => {
		const schema = { type: 'object', properties: { a: { $ref: 'https://evil.example/schema' } } };
		const { settings } = await serverWith({
			tools: [
				tool('say'),
				tool('twice'),
				tool('twice'),
				tool('far', { inputSchema: schema }),
				tool('big', { description: 'x'.repeat(50_000) }),
			],
		});
		expect((await mcpWorld().toolset(settings).tools(anyTurn)).map(({ name }) => name)).toEqual(['box__say']);
	});

	it('cannot hide text from the people who accept its tools, nor pass it to the model', async () => {
		const description = 'adds\u{e0041}\u200b\u202e numbers\u001b[2J';
		const { settings } = await serverWith({ tools: [tool('say', { description, title: 'Say\nnow\u202e' })] });
		const [offered] = await mcpWorld().toolset(settings).tools(anyTurn);
		expect(offered).toMatchObject({ description: 'adds numbers[2J', label: 'box · Say now' });
	});
});

describe('the address of an MCP server', () => {
	it.each([
		['this machine', 'https://localhost/mcp', {}, /leads to this machine.*allow_localhost/],
		['this machine in numbers', 'https://2130706433/mcp', {}, /leads to this machine/],
		['this machine in IPv6', 'https://[::ffff:127.0.0.1]/mcp', {}, /leads to this machine/],
		['a private network', 'https://167772161/mcp', {}, /leads to a private network.*allow_private_ips/],
		['the metadata of a cloud', 'http://169.254.169.254/', { allowLoopback: true, allowPrivate: true }, /never called/],
		['the web, unencrypted', 'http://[2606:4700::1111]/mcp', {}, /is not encrypted: use https/],
	])('may not be %s', async (_, url, rules, why) => {
		const world = mcpWorld();
		const launch = httpLaunch(url, { allowLoopback: false, ...rules });
		expect(await world.toolset(serverSettings(launch)).tools(anyTurn)).toEqual([]);
		expect(world.reports).toEqual([expect.stringMatching(why)]);
	});

	it('is not left for another by a redirect', async () => {
		const { server } = await serverWith({});
		const away = createServer((_, response) => response.writeHead(307, { location: server.url }).end());
		await new Promise<void>((resolve) => away.listen(0, '127.0.0.1', resolve));
		onTestFinished(() => void away.close());
		const world = mcpWorld();
		const { port } = away.address() as AddressInfo;
		expect(await world.toolset(serverSettings(httpLaunch(`http://127.0.0.1:${port}/mcp`))).tools(anyTurn)).toEqual([]);
		expect(world.reports).toHaveLength(1);
		expect(server.received).toEqual([]);
	});
});

describe('the lists of a configuration', () => {
	it.each([
		[{ allowed: ['a'] }, {}, ['box__a']],
		[{ excluded: ['a'] }, {}, ['box__b', 'box__c']],
		[{}, { allowed: ['box__b', 'mcp__box__c'] }, ['box__b', 'box__c']],
		[{ excluded: ['b'] }, { excluded: ['mcp__box__c'] }, ['box__a']],
	])('of the server %j and of the agent %j leave %j', async (ofServer, ofAgent, left) => {
		const { settings } = await serverWith({ tools: [tool('a'), tool('b'), tool('c')] });
		const filter = { allowed: null, excluded: [], ...ofAgent };
		const toolset = mcpWorld().toolset({ ...settings, ...ofServer }, { filter });
		expect((await toolset.tools(anyTurn)).map(({ name }) => name)).toEqual(left);
		const calls = ['box__a', 'box__b', 'box__c'].map((name) => toolset.call(name, {}, unstopped()));
		expect((await Promise.all(calls)).filter(({ isError }) => !isError)).toHaveLength(left.length);
	});
});
