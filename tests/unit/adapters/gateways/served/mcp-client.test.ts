import { Client, type Progress, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pageAt } from '../../../../support/page.ts';
import { DEPUTY, LOOKER, type ServedApp, servedApp, TOKEN } from './served-app.ts';

const ANSWER = 'The moon and the sun do it, as all of us think.';

/** `legacy`: of the revisions before 2026-07-28. */
async function clientOf({ url }: Pick<ServedApp, 'url'>, { token = TOKEN, legacy = false } = {}) {
	const client = new Client(
		{ name: 'suite', version: '1' },
		{ versionNegotiation: { mode: legacy ? 'legacy' : 'auto' } },
	);
	const requestInit = { headers: { authorization: `Bearer ${token}` } };
	const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit });
	await client.connect(transport);
	onTestFinished(() => client.close());
	return client;
}

const call = (given: Record<string, unknown>) => ({
	name: 'ask_team',
	arguments: { question: 'Why tides?', ...given },
});

describe.each([false, true])('an MCP client (legacy: %s)', (legacy) => {
	it('asks a team by the one tool there is, and sees how far it has got', async () => {
		const world = await servedApp();
		const client = await clientOf(world, { legacy });
		expect(client.getNegotiatedProtocolVersion()).toBe(legacy ? '2025-11-25' : '2026-07-28');
		expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['ask_team']);
		const steps: Progress[] = [];
		const result = await client.callTool(call({}), { onprogress: (step) => void steps.push(step) });
		expect(result).toMatchObject({
			content: [{ type: 'text', text: ANSWER }],
			structuredContent: { answer: ANSWER, outcome: 'answered', team: 'duo', votes: [{ votes: 2 }, { votes: 0 }] },
		});
		expect(steps.map(({ progress }) => progress)).toEqual(steps.map((_, index) => index + 1));
		expect(steps.at(-1)?.message).toBe('finished: 2 of 2 agents have answered, 2 have voted');
		const [thread] = await pageAt(world.url).threads();
		expect(result.structuredContent).toMatchObject({ url: `${world.url}/t/${thread?.id}` });
		expect(world.problems).toEqual([]);
	});

	it('stops the run when it gives the call up', async () => {
		const world = await servedApp();
		const client = await clientOf(world, { legacy });
		const leaving = new AbortController();
		const asked = client.callTool(call({ team: 'endless' }), { signal: leaving.signal });
		asked.catch(() => {});
		await world.seen(({ type }) => type === 'agent_started');
		leaving.abort();
		await world.seen(({ type }) => type === 'run_finished');
		await expect(asked).rejects.toThrow();
		expect(world.events).toContainEqual(expect.objectContaining({ type: 'stop_requested', by: 'build-bot' }));
		expect(world.problems).toEqual([]);
	});

	it('is told what is wrong as the result of the call', async () => {
		const world = await servedApp();
		const client = await clientOf(world, { legacy });
		const textOf = async (given: Record<string, unknown>, by = client) => {
			const { isError, content } = await by.callTool(call(given));
			return isError === true ? JSON.stringify(content) : null;
		};
		expect(await textOf({ team: 'nobody' })).toContain('nobody');
		expect(await textOf({ team: 'broken' })).toContain('The key was refused.');
		expect(await textOf({}, await clientOf(world, { legacy, token: LOOKER }))).toContain('run:start');
		await expect(clientOf(world, { legacy, token: 'a-token-that-nobody-has' })).rejects.toThrow();
	});
});

describe('the session of an MCP client of the old revisions', () => {
	it('is its own, and over when it says so', async () => {
		const { url } = await servedApp();
		const client = await clientOf({ url }, { legacy: true });
		const transport = client.transport as StreamableHTTPClientTransport;
		const session = transport.sessionId ?? '';
		const ping = async (token: string) => {
			const headers = {
				...{ authorization: `Bearer ${token}`, 'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25' },
				...{ 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
			};
			const body = JSON.stringify({ jsonrpc: '2.0', id: 9, method: 'ping' });
			return (await fetch(`${url}/mcp`, { method: 'POST', headers, body })).status;
		};
		expect([await ping(TOKEN), await ping(DEPUTY)]).toEqual([200, 404]);
		await transport.terminateSession();
		expect(await ping(TOKEN)).toBe(404);
	});
});
