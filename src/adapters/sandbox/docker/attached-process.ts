import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import type { Clock } from '../../../core/clock.ts';
import { BotError } from '../../../core/errors.ts';
import type { SandboxExit, SandboxProcess } from '../../../core/sandbox.ts';
import { statusOf, unlessGone } from './engine.ts';
import { createFrameReader } from './frames.ts';
import { createOutput } from './output.ts';

/** Bytes that a reader may lag behind before the process is made to wait. */
const MAX_LAG = 2 ** 20;
/** Milliseconds that the engine has for the rest of the output when the process has ended, and for its death when it was killed. */
const REST_MS = 5_000;
const DEATH_MS = 20_000;

export interface AttachedProcessOptions {
	container: Docker.Container;
	/** Its three streams. Attached before it was started, so that nothing is missed. */
	socket: Duplex;
	outputBytes: number;
	wallMs: number;
	clock: Clock;
	/** Aborts: it is disposed of. */
	signal: AbortSignal;
	/** Nothing of it is left. */
	onGone(): Promise<void>;
}

/** A container that has been started, as a process. */
export function createAttachedProcess(options: AttachedProcessOptions): SandboxProcess {
	const { container, socket, clock, signal } = options;
	let cause: SandboxExit['killed'] = null;
	let isOver = false;
	const dead = Promise.withResolvers<void>();
	let cancelDeath = () => {};

	const kill = (why: SandboxExit['killed']) => {
		if (cause !== null || isOver) return;
		cause = why;
		cancelDeath = clock.after(DEATH_MS, dead.resolve);
		// It may have ended by itself in between; that it is gone in the end is seen to below.
		container.kill({ signal: 'SIGKILL' }).catch(() => {});
	};

	const streams = readOutput(socket, options.outputBytes, () => kill('output'));
	const cancelWall = clock.after(options.wallMs, () => kill('time'));
	const onAbort = () => kill('disposed');
	signal.addEventListener('abort', onAbort, { once: true });
	if (signal.aborted) onAbort();

	const exit = (async (): Promise<SandboxExit> => {
		const code = await Promise.race([exitCodeOf(container), dead.promise.then(() => null)]);
		isOver = true;
		cancelDeath();
		cancelWall();
		signal.removeEventListener('abort', onAbort);
		await streams.drained(clock);
		socket.destroy();
		const { memory, isRemoved } = await lastState(container);
		const isGone = await removeContainer(container).then(
			() => true,
			() => false,
		);
		await options.onGone();
		if (!isGone || (cause === null && (code === null || isRemoved))) return { code: null, killed: 'lost' };
		return cause === null ? { code, killed: memory ? 'memory' : null } : { code: null, killed: cause };
	})();

	return {
		write: (bytes) =>
			new Promise((resolve, reject) => {
				const gone = () =>
					new BotError('sandbox_failed', 'The process in the sandbox has ended and takes no more input.');
				if (isOver || socket.destroyed || socket.writableEnded) return reject(gone());
				socket.write(bytes, (error) => (error ? reject(gone()) : resolve()));
			}),
		end: () => void socket.end(),
		stdout: streams.stdout,
		stderr: streams.stderr,
		exit,
		async dispose() {
			kill('disposed');
			await exit;
		},
	};
}

/** Removes a container, running or not, and sees that it is gone. */
export async function removeContainer(container: Docker.Container): Promise<void> {
	for (let tries = 0; ; tries += 1) {
		try {
			await unlessGone(container.remove({ force: true, v: true }));
			if (!(await unlessGone(container.inspect()))) return;
		} catch (thrown) {
			// 409: somebody else is removing it just now.
			if (tries === 2) throw thrown;
		}
		if (tries === 2) throw new Error(`the container ${container.id} cannot be removed`);
	}
}

/** Null when the engine does not say. */
async function exitCodeOf(container: Docker.Container): Promise<number | null> {
	try {
		const { StatusCode } = await container.wait();
		return StatusCode;
	} catch {
		return null;
	}
}

/**
 * How a container that has ended stands before it is removed here. `memory`: the engine sets the flag for any process of
 * the container, also when the container ends well. `isRemoved`: somebody else removes it, so its code says nothing.
 */
async function lastState(container: Docker.Container): Promise<{ memory: boolean; isRemoved: boolean }> {
	try {
		const { OOMKilled, Status } = (await container.inspect()).State;
		return { memory: OOMKilled, isRemoved: Status === 'removing' };
	} catch (thrown) {
		return { memory: false, isRemoved: statusOf(thrown) === 404 };
	}
}

function readOutput(socket: Duplex, limit: number, onLimit: () => void) {
	let left = limit;
	let draining = false;
	const flow = () => {
		const lag = Math.max(streams.stdout.lag(), streams.stderr.lag());
		if (lag > MAX_LAG && !draining) socket.pause();
		else if (socket.isPaused()) socket.resume();
	};
	const streams = { stdout: createOutput(flow), stderr: createOutput(flow) };
	const ended = Promise.withResolvers<void>();
	const end = () => {
		streams.stdout.end();
		streams.stderr.end();
		ended.resolve();
	};
	const framesOf = createFrameReader();
	socket.on('data', (chunk: Buffer) => {
		for (const { stream, bytes } of framesOf(chunk)) {
			if (left === 0) return;
			streams[stream].push(bytes.subarray(0, left));
			left = Math.max(0, left - bytes.length);
			if (left === 0) onLimit();
		}
		flow();
	});
	// What is wrong with it shows when the process has ended.
	socket.on('error', end);
	socket.on('end', end);
	socket.on('close', end);
	return {
		...streams,
		/** Takes what is left without waiting for readers: the engine drops it soon. */
		async drained(clock: Clock) {
			draining = true;
			flow();
			const cancel = clock.after(REST_MS, end);
			await ended.promise;
			cancel();
		},
	};
}
