import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openA2aAgent } from '../../../../src/adapters/frameworks/a2a.ts';
import { openWebAccess } from '../../../../src/app/open-web-access.ts';
import type { ExternalEvent, ExternalRequest } from '../../../../src/core/external-agent.ts';
import type { RemoteSettings } from '../../../../src/core/external-settings.ts';
import { systemClock } from '../../../../src/system-clock.ts';
import { externalContract } from '../../../contracts/external-contract.ts';
import { type A2aServer, startA2aServer } from '../../../fixtures/frameworks/a2a-server.ts';
import { sent } from '../../../fixtures/frameworks/mail.ts';
import { servedApp, TOKEN } from '../gateways/served/served-app.ts';
import { frameworkModel } from './framework-model.ts';

const model = frameworkModel();
let server: A2aServer;

beforeAll(async () => {
	server = await startA2aServer(
		() => process.env.FRAMEWORK_MODEL_URL ?? '',
		(input) => void sent.push(input),
	);
});
afterAll(() => server.close());
beforeEach(() => {
	for (const list of [sent, server.asked, server.cancelled, server.refusals]) list.length = 0;
});

async function open(given: Partial<RemoteSettings> = {}) {
	const rules = { allowLoopback: true, allowPrivate: false };
	const settings = { type: 'a2a', url: server.url, headers: {}, ownTools: 'gated', model: null, ...rules } as const;
	return openA2aAgent({ ...settings, ...given }, await openWebAccess({ ...rules, ...given }, systemClock, () => 0));
}

externalContract(
	'an A2A agent',
	async (replies) => {
		model.script(replies);
		const failure = replies[0]?.failure;
		// What stands before an agent refuses requests by their status.
		if (failure !== undefined) server.refusals.push(...Array<number>(3).fill(failure.retryable ? 503 : 401));
		return { agent: await open(), modelCalls: () => model.calls().length, sent: () => sent };
	},
	{ usage: 'unknown', interrupts: true },
);

const request: ExternalRequest = {
	...{ run: 'run-1', agent: 'secret-id', instructions: 'Be terse.', tools: [], resume: null },
	messages: [{ role: 'user', text: 'Why?' }],
};

async function replyOf(agent: Awaited<ReturnType<typeof open>>, given: Partial<ExternalRequest> = {}) {
	const events: ExternalEvent[] = [];
	const reply = agent.reply({ ...request, ...given }, new AbortController().signal);
	for await (const event of reply) events.push(event);
	return events;
}

describe('an A2A agent', () => {
	it('is asked in one context for each run, with the headers of the configuration', async () => {
		model.script([{ text: 'Blue.' }]);
		const agent = await open({ headers: { Authorization: 'Bearer abcdef' } });
		expect((await replyOf(agent)).at(-1)).toMatchObject({ type: 'finished', text: 'Blue.' });
		await replyOf(agent);
		await replyOf(agent, { run: 'run-2' });
		const [first, second, other] = server.asked;
		expect(first?.authorization).toBe('Bearer abcdef');
		expect(second?.contextId).toBe(first?.contextId);
		expect(other?.contextId).not.toBe(first?.contextId);
		await agent.close();
	});

	it('is told that its task is cancelled when it is stopped', async () => {
		model.script([{ text: 'Well, it is blue', hang: true }]);
		const agent = await open();
		const controller = new AbortController();
		const reply = async () => {
			for await (const event of agent.reply(request, controller.signal)) {
				if (event.type === 'text_delta') controller.abort();
			}
		};
		await expect(reply()).rejects.toThrow();
		await expect.poll(() => server.cancelled).toHaveLength(1);
		await agent.close();
	});

	it('may speak the revision 0.3', async () => {
		const old = await startA2aServer(
			() => process.env.FRAMEWORK_MODEL_URL ?? '',
			() => {},
			'0.3',
		);
		onTestFinished(old.close);
		model.script([{ text: 'Blue.' }]);
		expect((await replyOf(await open({ url: old.url }))).at(-1)).toMatchObject({ type: 'finished', text: 'Blue.' });
	});

	it('may be a team of this program', async () => {
		const { url } = await servedApp();
		const agent = await open({ url, headers: { Authorization: `Bearer ${TOKEN}` } });
		const events = await replyOf(agent);
		expect(events.at(-1)).toMatchObject({ type: 'finished', text: expect.stringContaining('The moon and the sun') });
		expect(events).toContainEqual(expect.objectContaining({ type: 'tool_progressed' }));
	});

	it('says when nobody is there, and what a server refuses', async () => {
		server.refusals.push(403);
		await expect(replyOf(await open())).rejects.toMatchObject({ status: 403 });
		await expect(replyOf(await open({ allowLoopback: false }))).rejects.toThrow('leads to this machine');
	});
});
