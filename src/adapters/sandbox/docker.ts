import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import type { Clock } from '../../core/clock.ts';
import { BotError } from '../../core/errors.ts';
import type { Sandbox, SandboxImage, SandboxProcess, SandboxRequest } from '../../core/sandbox.ts';
import { createAttachedProcess, removeContainer } from './docker/attached-process.ts';
import { containerOptions, LONGEST_LIFE_MS, raisedCeiling, type SandboxCeiling } from './docker/container-options.ts';
import { createEgressProxy, type EgressOptions, type EgressProxy } from './docker/egress/proxy.ts';
import { born, connectEngine, engineFailure, engineProblem, statusOf } from './docker/engine.ts';
import { IMAGE_LABEL, imageTag, LABEL, labelFilter, nameOf } from './docker/labels.ts';
import { environmentInput } from './docker/launcher.ts';
import { isLeftOver, removeAll } from './docker/left-overs.ts';
import { type Probe, selfTest } from './docker/self-test.ts';
import { createWorkspaces } from './docker/workspaces.ts';

/** Milliseconds that the engine has to start a container. */
const START_MS = 20_000;
/** Milliseconds after its end that a container may still be there before any program may remove it. */
const GRACE_MS = 60_000;

const NO_IMAGE = 'their images have not been made. Make them with npm run sandbox:build.';
const REPAIR = 'Use a current Docker Engine with its default settings; npm run doctor tries it again.';
/** What is the same for everything that is tried. */
const PROBE = { run: 'self-test', purpose: 'probe', env: {}, mounts: [], cwd: '/tmp', egress: [] };
/** Bytes to and from the network of one container. */
const EGRESS_BYTES = 256 * 2 ** 20;
const ATTACHED = { stream: true, hijack: true, stdin: true, stdout: true, stderr: true };

export interface DockerSandboxOptions {
	/**
	 * Which program this is, over all its lives: letters, digits and dashes. What bears this name and is not of this life
	 * is removed, so at any time only one process may use it.
	 */
	instance: string;
	clock: Clock;
	/** What an admin lets a request have beyond the usual most, which is what it gets at most otherwise. */
	ceiling?: Partial<SandboxCeiling>;
	/** What is open to a request that names hosts. */
	egress?: Partial<Pick<EgressOptions, 'bytes' | 'privateAddresses'>>;
}

/** Containers of the Docker engine of this machine, or of the one in `DOCKER_HOST`. */
export function createDockerSandbox(options: DockerSandboxOptions): Sandbox {
	const { instance, clock } = options;
	const ceiling = raisedCeiling(options.ceiling ?? {});
	/** The run of everything that this life has made, by its name. */
	const ours = new Map<string, string>();
	const ordinals = new Map<string, number>();
	/** The run of every process. */
	const running = new Map<SandboxProcess, string>();

	let client: Promise<Docker> | null = null;
	const engine = () => {
		client ??= connectEngine();
		return client;
	};
	let cpus: Promise<number> | null = null;
	const machineCpus = () => {
		cpus ??= engine().then(async (it) => (await it.info()).NCPU);
		cpus.catch(() => {
			cpus = null;
		});
		return cpus;
	};

	/** What was made last has the name; without one, the newest. When an image was made says nothing: it is no part of it. */
	const newest = async (name: SandboxImage): Promise<string | null> => {
		const images = await (await engine()).listImages({ filters: labelFilter({ [IMAGE_LABEL.name]: name }) });
		const named = images.find(({ RepoTags: tags }) => (tags ?? []).includes(imageTag(name)));
		return (named ?? images.toSorted((a, b) => b.Created - a.Created)[0])?.Id ?? null;
	};
	const holderImage = async () => {
		const image = await newest('toolchain');
		if (image !== null) return image;
		throw new BotError('sandbox_failed', `The workspace was not made: ${NO_IMAGE}`);
	};
	const workspaces = createWorkspaces({
		engine,
		instance,
		now: clock.now,
		holderImage,
		onMade: (name, run) => ours.set(name, run),
	});

	/** The same for the nth container of its kind in each life: what a killed life left is found by it. */
	const nextName = ({ run, purpose }: SandboxRequest): string => {
		const key = JSON.stringify([run, purpose]);
		const ordinal = ordinals.get(key) ?? 0;
		ordinals.set(key, ordinal + 1);
		return nameOf(instance, 'process', run, purpose, ordinal);
	};

	const prepare = async (request: SandboxRequest, egressFolder: string | null) => {
		const name = nextName(request);
		const life = Math.min(request.limits.wallMs ?? LONGEST_LIFE_MS, LONGEST_LIFE_MS);
		const labels = {
			[LABEL.instance]: instance,
			[LABEL.run]: request.run,
			[LABEL.purpose]: request.purpose,
			[LABEL.expires]: `${clock.now() + START_MS + life + GRACE_MS}`,
		};
		const mounts = request.mounts.map((mount) => workspaces.mounted(request.run, mount));
		const frame = {
			name,
			labels,
			ceiling,
			machineCpus: await machineCpus(),
			workspaces: await Promise.all(mounts),
			egressFolder,
		};
		const input = Object.keys(request.env).length === 0 ? '' : environmentInput(request.env);
		return { name, life, input, create: containerOptions(request, frame) };
	};

	const openEgress = async ({ egress: hosts }: SandboxRequest): Promise<EgressProxy | null> => {
		if (hosts.length === 0) return null;
		const { bytes = EGRESS_BYTES, privateAddresses = [] } = options.egress ?? {};
		return createEgressProxy({ hosts, bytes, privateAddresses });
	};

	/** `startable` aborts also when the engine has taken too long. */
	const start = async (
		request: SandboxRequest,
		egress: EgressProxy | null,
		signal: AbortSignal,
		startable: AbortSignal,
	): Promise<SandboxProcess> => {
		const { name, life, input, create } = await raced(prepare(request, egress?.folder ?? null), startable);
		await raced(refuseVolumes(await engine(), request.image), startable);
		ours.set(name, request.run);
		const container = (await engine()).getContainer(name);
		let socket: Duplex | null = null;
		const begin = async () => {
			await createFresh(await engine(), create);
			socket = (await container.attach(ATTACHED)) as Duplex;
			startable.throwIfAborted();
			await container.start();
			if (input !== '') socket.write(input);
			return socket;
		};
		try {
			const clear = async () => {
				socket?.destroy();
				await removeContainer(container);
			};
			socket = await raced(born(begin, clear), startable);
		} catch (thrown) {
			socket?.destroy();
			// What the engine makes after that is found by the next reaping: it is in nobody's book any more.
			await removeContainer(container).catch(() => {});
			ours.delete(name);
			throw thrown;
		}
		const process = createAttachedProcess({
			container,
			socket,
			outputBytes: Math.min(request.limits.outputBytes, ceiling.outputBytes),
			wallMs: life,
			clock,
			signal,
			async onGone() {
				// A folder with a socket that nobody listens at is all that may be left.
				await egress?.close().catch(() => {});
				ours.delete(name);
				running.delete(process);
			},
		});
		running.set(process, request.run);
		return process;
	};

	const spawn = async (request: SandboxRequest, signal: AbortSignal): Promise<SandboxProcess> => {
		signal.throwIfAborted();
		const egress = await openEgress(request);
		const { signal: late, cancel } = deadline(clock, START_MS);
		try {
			return await start(request, egress, signal, AbortSignal.any([signal, late]));
		} catch (thrown) {
			await egress?.close();
			if (signal.aborted) throw signal.reason;
			throw engineFailure(`The sandbox for ${request.command[0]} was not started`, thrown);
		} finally {
			cancel();
		}
	};

	const life = new AbortController();
	/** Whether containers hold, by the image they were tried with. */
	const tests = new Map<string, Promise<string | null>>();
	const tested = (image: string): Promise<string | null> => {
		const probe = (given: Probe) => spawn({ ...PROBE, image, ...given }, life.signal);
		const test =
			tests.get(image) ??
			selfTest(probe).then((faults) => {
				return faults.length === 0 ? null : `Tools are off: Docker lets a container ${faults.join('; ')}. ${REPAIR}`;
			});
		tests.set(image, test);
		// What could not be tried is tried again.
		test.catch(() => tests.delete(image));
		return test;
	};

	return {
		async problem() {
			try {
				const problem = await engineProblem(engine);
				if (problem !== null) return problem;
				const image = await newest('toolchain');
				return image === null ? `Tools are off: ${NO_IMAGE}` : await tested(image);
			} catch (thrown) {
				return `Tools are off: ${engineFailure('it could not be tried whether containers hold', thrown).message}`;
			}
		},

		spawn,

		workspace: workspaces.make,
		readFiles: workspaces.read,
		writeFiles: workspaces.write,
		image: newest,

		async release(run) {
			const processes = [...running].filter(([, its]) => its === run);
			await Promise.all(processes.map(([process]) => process.dispose()));
			await removeAll(await engine(), { [LABEL.instance]: instance, [LABEL.run]: run }, () => true);
			for (const [name, its] of ours) if (its === run) ours.delete(name);
		},

		async reap() {
			const now = clock.now();
			const anybodys = { [LABEL.instance]: null };
			return removeAll(await engine(), anybodys, (name, labels) => isLeftOver(name, labels, { instance, ours, now }));
		},

		async close() {
			life.abort(new Error('the program ends'));
			await Promise.allSettled(tests.values());
			await Promise.all([...running.keys()].map((process) => process.dispose()));
			if (ours.size === 0) return;
			await removeAll(await engine(), { [LABEL.instance]: instance }, (name) => ours.has(name));
			ours.clear();
		},
	};
}

function deadline(clock: Clock, ms: number) {
	const late = new AbortController();
	const why = `The sandbox was not started: Docker took longer than ${ms / 1000} seconds. Try again when it has less to do.`;
	return { signal: late.signal, cancel: clock.after(ms, () => late.abort(new BotError('sandbox_failed', why))) };
}

/** Rejects with the signal's reason as soon as that aborts; what comes of the work then is nobody's. */
function raced<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
	return new Promise((resolve, reject) => {
		const stop = () => reject(signal.reason);
		if (signal.aborted) stop();
		signal.addEventListener('abort', stop, { once: true });
		work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
	});
}

/** Makes a container; one that another life left under its name is removed first. */
async function createFresh(engine: Docker, create: ReturnType<typeof containerOptions>): Promise<Docker.Container> {
	try {
		return await engine.createContainer(create);
	} catch (thrown) {
		if (statusOf(thrown) !== 409) throw thrown;
		const left = engine.getContainer(create.name ?? '');
		const { Config: config } = await left.inspect();
		// A name of ours on something of somebody else's.
		if (config.Labels[LABEL.instance] !== create.Labels?.[LABEL.instance]) throw thrown;
		await removeContainer(left);
		return engine.createContainer(create);
	}
}

/** An image can declare folders that the engine then makes on the disk: writable, and without a limit. */
async function refuseVolumes(engine: Docker, image: string): Promise<void> {
	const { Config: config } = await engine.getImage(image).inspect();
	const folders = Object.keys(config.Volumes ?? {});
	if (folders.length === 0) return;
	throw new BotError(
		'sandbox_failed',
		`The sandbox was not started: the image declares the volume ${folders[0]}, which has no limit. Build it without VOLUME.`,
	);
}
