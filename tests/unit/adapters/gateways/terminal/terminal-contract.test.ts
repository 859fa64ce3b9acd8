import { PassThrough } from 'node:stream';
import { describe } from 'vitest';
import { createTerminalGateway } from '../../../../../src/adapters/gateways/terminal/terminal-gateway.ts';
import type { GatewayHost } from '../../../../../src/core/gateway.ts';
import { type GatewaySeat, gatewayContract } from '../../../../contracts/gateway-contract.ts';
import { createFakeTerminal } from '../../../../support/fake-terminal.ts';
import { createManualClock } from '../../../../support/manual-clock.ts';
import { STARTED_AT } from '../../../../support/run-events.ts';
import { strictEnglish } from '../../../../support/say.ts';

const say = await strictEnglish();

/** A person at a terminal, or somebody who reads what a script was told. */
async function seatAt(host: GatewayHost, isTTY: boolean): Promise<GatewaySeat> {
	const clock = createManualClock(STARTED_AT);
	const input = new PassThrough();
	const output = createFakeTerminal({ isTTY, rows: 2_000, columns: 120 });
	const errors = createFakeTerminal({ isTTY: false });
	const env = { NO_COLOR: '1' };
	const gateway = createTerminalGateway({
		input,
		output,
		errors,
		env,
		clock,
		say,
		interactive: isTTY,
		approve: isTTY ? 'ask' : 'deny',
		filesFolder: null,
	});
	await gateway.start(host);
	const { principal, session } = gateway;
	const until = async <T>(work: Promise<T>): Promise<T> => {
		let isDone = false;
		const watched = work.finally(() => {
			isDone = true;
		});
		watched.catch(() => {});
		while (!isDone) await clock.advance(100);
		await clock.advance(1_000);
		return watched;
	};
	const type = async (line: string) => {
		input.write(`${line}\n`);
		await clock.advance(500);
	};
	const common = {
		gateway,
		clock,
		until,
		ask: (question: string) =>
			isTTY
				? type(question)
				: gateway.submit({ type: 'command', id: 'q1', principal, session, name: 'ask', options: { question } }),
		seen: async () => output.lines().join('\n'),
		told: async () => errors.lines().join('\n'),
	};
	return isTTY ? { ...common, choose: (_, agent) => type(agent), followUp: (_, question) => type(question) } : common;
}

describe('a terminal', () => {
	gatewayContract((host) => seatAt(host, true), { cleans: true, streams: true, words: true });
});

describe('a terminal at the end of a pipe', () => {
	gatewayContract((host) => seatAt(host, false), { cleans: true, streams: false, words: true });
});
