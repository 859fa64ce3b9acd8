import { readFile } from 'node:fs/promises';
import type { Clock } from '../../../core/clock.ts';
import { BotError } from '../../../core/errors.ts';
import type { Sandbox, SandboxLimits, SandboxMount, SandboxProcess } from '../../../core/sandbox.ts';
import { createLineSplitter } from '../shared/line-splitter.ts';
import type { Answers, Message, Reply, Request } from './requests.ts';

const MIB = 2 ** 20;
const LIMITS: SandboxLimits = {
	memoryBytes: 256 * MIB,
	cpus: 1,
	pids: 64,
	tmpBytes: MIB,
	wallMs: null,
	outputBytes: 1024 * MIB,
};
/** Bytes of one answer of the program. */
const LONGEST = 128 * MIB;
/** Milliseconds after which an answer is not waited for any more. */
const PATIENCE_MS = 120_000;
const PROGRAM = new URL('./inside.ts', import.meta.url);

/** What the program refused: a code of the system, or one of its own. */
export class Refusal extends Error {
	readonly code: string;

	constructor(code: string) {
		super(`the file system says ${code}`);
		this.name = 'Refusal';
		this.code = code;
	}
}

export interface FolderDeskOptions {
	sandbox: Sandbox;
	clock: Clock;
	run: string;
	/** The folders; their places here are the numbers in requests. */
	mounts: readonly SandboxMount[];
}

/** The program of `inside.ts`, at work on folders in a sandbox of its own. */
export interface FolderDesk {
	/**
	 * Throws `Refusal` for what the file system refuses, the signal's reason after an abort, and `sandbox_failed` when the
	 * program is lost: then what was asked for may have happened.
	 */
	ask<Op extends Request['op']>(request: Extract<Request, { op: Op }>, signal: AbortSignal): Promise<Answers[Op]>;
	/** Whether it still runs. */
	isOpen(): boolean;
	close(): Promise<void>;
}

interface Waiting {
	resolve(result: unknown): void;
	reject(reason: unknown): void;
}

/** Starts it. Throws `sandbox_failed`. */
export async function openFolderDesk(options: FolderDeskOptions): Promise<FolderDesk> {
	const process = await start(options);
	const waiting = new Map<number, Waiting>();
	let last = 0;
	let isOpen = true;

	const lose = (why: string) => {
		isOpen = false;
		const error = new BotError('sandbox_failed', `The files cannot be reached: ${why}. Try once more.`);
		for (const { reject } of waiting.values()) reject(error);
		waiting.clear();
		void process.dispose().catch(() => {});
	};
	const send = (message: Message) => process.write(Buffer.from(`${JSON.stringify(message)}\n`));
	const hear = async () => {
		const splitter = createLineSplitter(LONGEST);
		for await (const chunk of process.stdout) {
			const lines = splitter.take(chunk);
			if (lines === null) return lose('an answer was too long');
			for (const line of lines) {
				const reply: Reply = JSON.parse(line);
				const known = waiting.get(reply.id);
				waiting.delete(reply.id);
				if ('error' in reply) known?.reject(new Refusal(reply.error));
				else known?.resolve(reply.result);
			}
		}
		const { killed } = await process.exit;
		return lose(`the program that works on them ended${killed === null ? '' : ` (${killed})`}`);
	};
	void hear().catch(() => lose('the program that works on them said something else than answers'));
	void drain(process.stderr);

	return {
		async ask(request, signal) {
			signal.throwIfAborted();
			if (!isOpen) throw new BotError('sandbox_failed', 'The files cannot be reached: their program has ended.');
			last += 1;
			const id = last;
			const answer = new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }));
			const late = `it gave no answer for ${PATIENCE_MS / 1000} seconds`;
			const cancel = options.clock.after(PATIENCE_MS, () => lose(late));
			const stop = () => {
				waiting.get(id)?.reject(signal.reason);
				waiting.delete(id);
				void send({ id }).catch(() => {});
			};
			signal.addEventListener('abort', stop, { once: true });
			try {
				await Promise.race([answer, send({ id, request }).then(() => answer)]);
				return (await answer) as Answers[typeof request.op];
			} finally {
				cancel();
				signal.removeEventListener('abort', stop);
			}
		},
		isOpen: () => isOpen,
		async close() {
			isOpen = false;
			await process.dispose();
		},
	};
}

async function start({ sandbox, run, mounts }: FolderDeskOptions): Promise<SandboxProcess> {
	const image = await sandbox.image('toolchain');
	if (image === null) {
		const why = 'there is no image for tools yet: run `npm run sandbox:build`';
		throw new BotError('sandbox_failed', `The files cannot be reached: ${why}.`);
	}
	const program = await readFile(PROGRAM, 'utf8');
	const folders = JSON.stringify(mounts.map(({ at }) => at));
	return sandbox.spawn(
		{
			run,
			purpose: 'files',
			image,
			command: ['node', '--input-type=module-typescript', '--eval', program, '--', folders],
			env: {},
			mounts,
			cwd: '/tmp',
			limits: LIMITS,
			egress: [],
		},
		new AbortController().signal,
	);
}

/** What it complains of is nobody's: it must only not fill up. */
async function drain(output: AsyncIterable<Uint8Array>): Promise<void> {
	try {
		for await (const _ of output);
	} catch {
		// It ended.
	}
}
