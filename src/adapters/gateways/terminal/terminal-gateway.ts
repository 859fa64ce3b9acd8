import { randomUUID } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../../../core/clock.ts';
import { BotError, messageOf } from '../../../core/errors.ts';
import type { Gateway, GatewayHost, Inbound, Principal, ThreadMessage } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import { encodeSessionId } from '../../../core/session-id.ts';
import { type ApprovalDesk, type ApprovalDeskOptions, createApprovalDesk } from './approval-desk.ts';
import { writtenText } from './file-lines.ts';
import { createFormDesk, type FormDesk } from './form-desk.ts';
import { createKeyboard, type Keyboard } from './keyboard.ts';
import { createLineReader, type LineReader } from './line-reader.ts';
import { type Environment, isRich } from './page-of.ts';
import { createPainter, type Painter } from './painter.ts';
import { safeText } from './safe-text.ts';
import type { TerminalOutput } from './screen.ts';
import { writeFiles } from './write-files.ts';

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
	/** True: questions are read from `input`, one after the other. */
	interactive: boolean;
	/**
	 * What becomes of calls that wait for people: `ask` puts them, and a tie, to the person at `input`; `deny` denies them.
	 */
	approve: 'ask' | 'deny';
	/** The conversation that is gone on with; left out: a new one. */
	session?: string;
	/** Where the files of a result are written; null: they are listed only. */
	filesFolder: string | null;
}

export interface TerminalGateway extends Gateway<ThreadMessage> {
	/** Who sits at this terminal. */
	readonly principal: Principal;
	/** The conversation that typed questions belong to. */
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
	const { output, errors, env, clock, say, interactive, filesFolder } = options;
	const asks = interactive || options.approve === 'ask';
	const principal = localPerson(env);
	const session = options.session ?? newSession();
	const closed = Promise.withResolvers<void>();
	let receive: ((inbound: Inbound) => Promise<void>) | null = null;
	let keyboard: Keyboard | null = null;
	let denying: ApprovalDesk | null = null;
	let forms: FormDesk | null = null;
	let keptFile: GatewayHost['keptFile'] = async () => null;
	let writing: Promise<void> = Promise.resolve();
	const written = new Set<string>();
	/** Inbounds that something was said about. */
	const told = new Set<string>();

	const painter = createPainter({
		output,
		env,
		clock,
		say,
		showsCards: options.approve === 'ask',
		onBegin: () => keyboard?.interrupt(),
		onPicture: () => (keyboard ?? denying)?.look(),
	});

	async function submit(inbound: Inbound): Promise<void> {
		if (receive === null) throw new BotError('bug', 'the terminal gateway was not started');
		await receive(inbound);
	}

	/** Once for each run, when its result is there to stay. */
	function keepFiles(run: string, message: ThreadMessage): void {
		if (filesFolder === null || message.type !== 'final' || message.outcome === null || written.has(run)) return;
		written.add(run);
		if (message.files === null || message.files.count === 0) return;
		const work = writeFiles(filesFolder, message.files, keptFile).then((results) =>
			writtenText(filesFolder, results, say),
		);
		const text = work.catch((thrown: unknown) => say('terminal.failed', { reason: reasonOf(thrown) }));
		writing = Promise.all([writing, text]).then(([, told]) => tell(told));
	}

	function show(run: string, message: ThreadMessage): void {
		painter.take(run, message);
		keepFiles(run, message);
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
			canAsk: asks,
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
			keptFile = host.keptFile;
			const act = { principal, session, submit, tell, isTold: (id: string) => told.delete(id) };
			if (!asks) {
				denying = createApprovalDesk(approvalDeskOptions(options, painter, act, null));
				return;
			}
			const reader = createLineReader(options.input, output);
			forms = createFormDesk({ reader, painter });
			keyboard = keyboardOf(options, painter, act, { reader, forms });
			if (!interactive) return;
			if (isRich(output, env)) painter.print([say('terminal.welcome'), '']);
			void keyboard.converse().then(closed.resolve, closed.reject);
		},
		render: (message) => [message],
		async post({ run }, { key }, message) {
			if (run !== null) show(run, message);
			return key;
		},
		async edit({ run }, { key }, _id, message) {
			if (run !== null) show(run, message);
			return key;
		},
		/** Nothing that was printed can be taken back. */
		async remove() {},
		standing: async () => ({ kind: 'member', roles: [], name: null }),
		async elicit(to, form, signal) {
			if (forms === null || to.session !== session) return { type: 'declined' };
			const answer = forms.fill(form, signal);
			keyboard?.look();
			return answer;
		},
		async reply(inbound, text) {
			if (inbound.type === 'decision') told.add(inbound.id);
			tell(text);
		},
		async stop() {
			keyboard?.stop();
			painter.close();
			await writing;
			closed.resolve();
		},
	};
}

function reasonOf(thrown: unknown): string {
	return thrown instanceof BotError ? thrown.userMessage : messageOf(thrown);
}

function localPerson(env: Environment): Principal {
	return { platform: 'terminal', tenant: 'local', user: env.USER ?? 'local', roles: [], kind: 'member' };
}

function newSession(): string {
	return encodeSessionId({ platform: 'terminal', tenant: 'local', channel: 'terminal', thread: randomUUID() });
}

/** What a person at the terminal does, handed on. */
interface Act {
	principal: Principal;
	session: string;
	submit(inbound: Inbound): Promise<void>;
	tell(text: string): void;
	/** Whether something was said about this inbound; asked once. */
	isTold(id: string): boolean;
}

function keyboardOf(
	options: TerminalGatewayOptions,
	painter: Painter,
	{ submit, tell, ...act }: Act,
	{ reader, forms }: { reader: LineReader; forms: FormDesk },
): Keyboard {
	const { clock, say } = options;
	const { principal, session } = act;
	const common = { principal, session };
	return createKeyboard({
		reader,
		painter,
		clock,
		forms,
		approvals: createApprovalDesk(
			approvalDeskOptions(options, painter, { ...act, submit, tell }, options.approve === 'ask' ? reader : null),
		),
		ask: (question) => submit({ type: 'command', id: randomUUID(), ...common, name: 'ask', options: { question } }),
		choose: (choice, agent) => {
			const { run, orchestration } = choice;
			return submit({ type: 'choice', id: randomUUID(), ...common, run, orchestration, agent });
		},
		complain: (thrown) => tell(say('terminal.failed', { reason: reasonOf(thrown) })),
	});
}

function approvalDeskOptions(
	{ input, say }: TerminalGatewayOptions,
	painter: Painter,
	{ principal, session, submit, tell, isTold }: Act,
	reader: LineReader | null,
): ApprovalDeskOptions {
	return {
		reader,
		isTTY: input.isTTY === true,
		painter,
		async decide(decision) {
			const id = randomUUID();
			await submit({ type: 'decision', id, principal, session, decision, via: 'terminal' });
			return !isTold(id);
		},
		stopRun: (of) => submit({ type: 'command', id: randomUUID(), principal, session: of, name: 'stop', options: {} }),
		complain: (thrown) => tell(say('terminal.failed', { reason: reasonOf(thrown) })),
	};
}
