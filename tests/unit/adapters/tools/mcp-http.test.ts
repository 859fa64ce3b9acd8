import { describe, expect, it, onTestFinished } from 'vitest';
import { type Behaviour, type Reply, text, tool } from '../../../platforms/mcp-server/behaviour.ts';
import { startMcpHttpServer } from '../../../platforms/mcp-server/http-server.ts';
import { httpLaunch, mcpWorld, serverSettings, unstopped } from '../../../support/mcp.ts';

async function serverWith(behaviour: Partial<Behaviour>, options: { json?: boolean } = {}) {
	const full = { tools: [tool('say')], call: (): Reply => text('hello'), ...behaviour };
	const server = await startMcpHttpServer(full, options);
	onTestFinished(() => server.close());
	return { server, behaviour: full, settings: serverSettings(httpLaunch(server.url)) };
}

describe('an MCP server over HTTP', () => {
	it.each([{ json: false }, { json: true }])('gives its tools and their results (%j)', async (options) => {
		const { settings, server } = await serverWith({}, options);
		const toolset = mcpWorld().toolset({ ...settings, trusted: true });
		expect(await toolset.tools()).toEqual([
			{
				name: 'box__say',
				description: 'say it',
				parameters: { type: 'object', properties: { words: { type: 'string' } } },
				effects: 'irreversible',
				label: 'box · say',
			},
		]);
		expect(await toolset.call('box__say', { words: 'hi' }, unstopped())).toEqual({ text: 'hello', isError: false });
		expect(server.received.at(-1)).toMatchObject({ params: { name: 'say', arguments: { words: 'hi' } } });
	});
});
