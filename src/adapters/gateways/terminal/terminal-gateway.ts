import { randomUUID } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../../../core/clock.ts';
import { BotError, messageOf } from '../../../core/errors.ts';
import type { Gateway, Inbound, Principal, ThreadMessage } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import { encodeSessionId } from '../../../core/session-id.ts';
import { createKeyboard, type Keyboard } from './keyboard.ts';
import { createLineReader } from './line-reader.ts';
import { type Environment, isRich } from './page-of.ts';
import { createPainter, type Painter } from './painter.ts';
import { safeText } from './safe-text.ts';
import type { TerminalOutput } from './screen.ts';

export interface TerminalStreams {
	input: Readable & { isTTY?: boolean };
	output: TerminalOutput;
	/** For replies and problems, so that `output` holds nothing but runs. */
	errors: Writable;
}

export interface TerminalGatewayOptions extends TerminalStreams {
	env: Environment;
	clock: Clock;
	say: Say;
	/** True: questions are read from `input`, one after the other, and a tie is put to the person there. */
	interactive: boolean;
}

export interface TerminalGateway extends Gateway<ThreadMessage> {
	/** Who sits at this terminal. */
	readonly principal: Principal;
	/** The conversation that typed questions belong to; a new one for each gateway. */
	readonly session: string;
	/** Says a sentence on `errors` without harm to the live board. */
	tell(text: string): void;
	/** Hands over something the person did outside the prompt, such as the question on the command line. */
	submit(inbound: Inbound): Promise<void>;
	/** Resolves when the person has left (`exit`, Ctrl-D, Ctrl-C at the prompt, end of input) or after `stop`. */
	readonly closed: Promise<void>;
}

/**
 * A terminal: a live board, then answers, vote and result. Where `output` is not a terminal (or a dumb one) it
 * writes plain lines, each once, without control codes. What models wrote is made safe before it is shown.
 */
export function createTerminalGateway(options: TerminalGatewayOptions): TerminalGateway {
	const { output, errors, env, clock, say, interactive } = options;
	const principal = localPerson(env);
	const session = newSession();
	const closed = Promise.withResolvers<void>();
	let receive: ((inbound: Inbound) => Promise<void>) | null = null;
	let keyboard: Keyboard | null = null;

	const painter = createPainter({
		output,
		env,
		clock,
		say,
		onBegin: () => keyboard?.interrupt(),
		onPicture: () => keyboard?.look(),
	});

	async function submit(inbound: Inbound): Promise<void> {
		if (receive === null) throw new BotError('bug', 'the terminal gateway was not started');
		await receive(inbound);
	}

	/** The live part comes back with the next picture. */
	function tell(text: string): void {
		painter.print([]);
		errors.write(`${safeText(text)}\n`);
		keyboard?.noticed();
	}

	return {
		name: 'terminal',
		/** The painter draws when it is time to; a pipe shows every state. */
		capabilities: {
			editIntervalMs: 0,
			canAsk: interactive,
			keepsMessages: false,
			maxMessages: Number.POSITIVE_INFINITY,
		},
		principal,
		session,
		tell,
		closed: closed.promise,
		submit,
		async start(host) {
			receive = host.receive;
			if (!interactive) return;
			keyboard = keyboardOf(options, painter, { principal, session }, submit, tell);
			if (isRich(output, env)) painter.print([say('terminal.welcome'), '']);
			void keyboard.converse().then(closed.resolve, closed.reject);
		},
		render: (message) => [message],
		async post({ run }, { key }, message) {
			if (run !== null) painter.take(run, message);
			return key;
		},
		async edit({ run }, { key }, _id, message) {
			if (run !== null) painter.take(run, message);
			return key;
		},
		/** Nothing that was printed can be taken back. */
		async remove() {},
		async reply(_inbound, text) {
			tell(text);
		},
		async stop() {
			keyboard?.stop();
			painter.close();
			closed.resolve();
		},
	};
}

function reasonOf(thrown: unknown): string {
	return thrown instanceof BotError ? thrown.userMessage : messageOf(thrown);
}

function localPerson(env: Environment): Principal {
	return { platform: 'terminal', tenant: 'local', user: env.USER ?? 'local', roles: [] };
}

function newSession(): string {
	return encodeSessionId({ platform: 'terminal', tenant: 'local', channel: 'terminal', thread: randomUUID() });
}

function keyboardOf(
	{ input, output, clock, say }: TerminalGatewayOptions,
	painter: Painter,
	act: { principal: Principal; session: string },
	submit: (inbound: Inbound) => Promise<void>,
	tell: (text: string) => void,
): Keyboard {
	return createKeyboard({
		reader: createLineReader(input, output),
		painter,
		clock,
		ask: (question) => submit({ type: 'command', id: randomUUID(), ...act, name: 'ask', options: { question } }),
		choose: (choice, agent) => {
			const { run, orchestration } = choice;
			return submit({ type: 'choice', id: randomUUID(), ...act, run, orchestration, agent });
		},
		complain: (thrown) => tell(say('terminal.failed', { reason: reasonOf(thrown) })),
	});
}
