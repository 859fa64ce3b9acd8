import { PassThrough } from 'node:stream';
import { createTerminalGateway } from '../../../../../src/adapters/gateways/terminal/terminal-gateway.ts';
import type { Inbound } from '../../../../../src/core/gateway.ts';
import type { RunEvent } from '../../../../../src/core/run-event.ts';
import { createProjector } from '../../../../../src/observers/projector.ts';
import { createFakeTerminal } from '../../../../support/fake-terminal.ts';
import { createManualClock } from '../../../../support/manual-clock.ts';
import { STARTED_AT } from '../../../../support/run-events.ts';
import { strictEnglish } from '../../../../support/say.ts';

const say = await strictEnglish();

export interface Seat {
	columns?: number;
	rows?: number;
	isTTY?: boolean;
	env?: Record<string, string>;
	interactive?: boolean;
	approve?: 'ask' | 'deny';
	filesFolder?: string;
	/** Bytes of kept files, by id. */
	kept?: Readonly<Record<string, Uint8Array>>;
	/** What happens with what the person does. */
	receive?: (inbound: Inbound) => Promise<void>;
}

/** A person at a terminal, or at the end of a pipe, who watches runs go by. */
export async function seated({ env = {}, interactive = false, receive = async () => {}, ...given }: Seat = {}) {
	const { approve = 'deny', filesFolder = null, kept = {}, ...screen } = given;
	const clock = createManualClock(STARTED_AT);
	const input = new PassThrough();
	const output = createFakeTerminal(screen);
	const errors = createFakeTerminal({ isTTY: false });
	const inbounds: Inbound[] = [];
	const options = { env, clock, say, interactive, approve, filesFolder };
	const gateway = createTerminalGateway({ input, output, errors, ...options });
	const receiveAll = async (inbound: Inbound) => {
		inbounds.push(inbound);
		await receive(inbound);
	};
	await gateway.start({
		receive: receiveAll,
		threads: async () => [],
		thread: async () => [],
		teams: async () => ({ teams: [], notes: [] }),
		keptFile: async (id) => kept[id] ?? null,
		commands: () => [],
	});
	const onProblem = (text: string) => gateway.tell(text);
	const watch = (run = 'run-1') => {
		const place = { session: 's', run };
		return createProjector({ gateway, place, clock, say, verbosity: 'normal', records: null, onProblem });
	};
	const play = async (events: readonly RunEvent[], projector = watch()) => {
		for (const event of events) {
			if (event.at > clock.now()) await clock.advance(event.at - clock.now());
			projector.handle(event);
		}
		await clock.advance(200);
	};
	const type = async (line: string) => {
		input.write(`${line}\n`);
		await clock.advance(100);
	};
	const lines = () => output.lines().join('\n');
	return { clock, input, output, errors, gateway, inbounds, watch, play, type, lines };
}
