import { describe } from 'vitest';
import type { GatewayHost } from '../../../../../src/core/gateway.ts';
import { decodeSessionId } from '../../../../../src/core/session-id.ts';
import { type GatewaySeat, gatewayContract } from '../../../../contracts/gateway-contract.ts';
import { pageAt } from '../../../../support/page.ts';
import { createServed } from './served.ts';

/** Every text in a value, in order. */
function textsIn(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Somebody at the page, who reads what it reads. */
async function seatAt(host: GatewayHost): Promise<GatewaySeat> {
	const { gateway, clock } = await createServed();
	await gateway.start(host);
	const page = pageAt(gateway.address());
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
	const threadOf = (session: string) => decodeSessionId(session).thread;
	return {
		gateway,
		clock,
		until,
		async ask(question) {
			await until(page.post('/api/threads', { question }));
		},
		async followUp(session, question) {
			const response = await until(page.post(`/api/threads/${threadOf(session)}/questions`, { question }));
			told.push(...((await response.json()) as { said: string[] }).said);
		},
		async choose(session, agent) {
			await page.post(`/api/threads/${threadOf(session)}/choice`, { run: 'run-1', orchestration: 1, agent });
		},
		seen: async (session) => textsIn(await page.thread(threadOf(session))).join('\n'),
		told: async () => told.join('\n'),
	};
}

describe('the page', () => {
	gatewayContract(seatAt, { cleans: false, streams: true, words: false });
});
