import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import { createServedGateway } from '../../../../../src/adapters/gateways/served/served-gateway.ts';
import { pageNameOf } from '../../../../../src/adapters/gateways/shared/client-session.ts';
import type { GatewayHost } from '../../../../../src/core/gateway.ts';
import type { ProgramHost } from '../../../../../src/core/program-host.ts';
import { decodeSessionId } from '../../../../../src/core/session-id.ts';
import { type GatewaySeat, gatewayContract } from '../../../../contracts/gateway-contract.ts';
import { pageAt } from '../../../../support/page.ts';
import { strictEnglish } from '../../../../support/say.ts';
import { createServed } from '../web/served.ts';

const say = await strictEnglish();
const TOKEN = 'token-of-a-client-0123';

/** Every text in a value, in order. */
function textsIn(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Another system that asks by A2A, and somebody who looks at its threads on the page. */
async function seatAt(given: GatewayHost): Promise<GatewaySeat> {
	const { gateway: page, clock, problems } = await createServed();
	const clients = [{ name: 'suite', token: TOKEN }];
	const onProblem = (text: string) => void problems.push(text);
	const served = createServedGateway({ clients, page, clock, say, version: '1', onProblem });
	let wasReplied = false;
	const host: ProgramHost = {
		...given,
		async submit(inbound) {
			wasReplied = false;
			await given.receive(inbound);
			return null;
		},
		// The bot here says something when it does not take a question.
		asked: async () => (wasReplied ? null : { type: 'started', run: 'run-1' }),
	};
	await served.start(host);
	await page.start(host);
	const told: string[] = [];
	const until = async <T>(work: Promise<T>): Promise<T> => {
		let isDone = false;
		const watched = work.finally(() => {
			isDone = true;
		});
		watched.catch(() => {});
		while (!isDone) await clock.advance(100);
		return watched;
	};
	const send = async (question: string, contextId: string) => {
		const message = { messageId: randomUUID(), contextId, role: 'ROLE_USER', parts: [{ text: question }] };
		const params = { message, configuration: { returnImmediately: true } };
		const headers = { authorization: `Bearer ${TOKEN}`, 'a2a-version': '1.0', 'content-type': 'application/json' };
		const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'SendMessage', params });
		const answer = await until(fetch(`${page.address()}/a2a`, { method: 'POST', headers, body }));
		told.push(await answer.text());
	};
	return {
		gateway: {
			...served,
			async reply(inbound, text) {
				wasReplied = true;
				await served.reply(inbound, text);
			},
			stop: () => served.stop().then(() => page.stop()),
		},
		clock,
		until,
		ask: (question) => send(question, randomUUID()),
		followUp: (session, question) => send(question, decodeSessionId(session).thread),
		/** People do that, on the page. */
		async choose(session, agent) {
			const choice = { run: 'run-1', orchestration: 1, agent };
			await until(pageAt(page.address()).post(`/api/threads/${pageNameOf(session)}/choice`, choice));
		},
		seen: async (session) => textsIn(await pageAt(page.address()).thread(pageNameOf(session) ?? '')).join('\n'),
		told: async () => told.join('\n'),
	};
}

describe('where other systems ask', () => {
	gatewayContract(seatAt, { cleans: false, streams: true, words: false });
});
