import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { BotError } from '../../../core/errors.ts';
import type { WorkspaceEntry, WorkspaceFile, WorkspaceLimits } from '../../../core/sandbox.ts';
import { foldersOf, pathFault, readArchive, writeArchive } from './archive.ts';
import { removeContainer } from './attached-process.ts';
import {
	containerOptions,
	DEFAULT_CEILING,
	LONGEST_LIFE_MS,
	type MountedWorkspace,
	volumeOptions,
} from './container-options.ts';
import { born, engineFailure, statusOf, unlessGone } from './engine.ts';
import { LABEL, nameOf } from './labels.ts';

const ROOT = '/workspace';
const ROOT_NAME = 'workspace';
const HOLDER_LIMITS = {
	// The engine's own beginning of a container takes more than what then sleeps in it.
	memoryBytes: 64 * 2 ** 20,
	cpus: 0.1,
	pids: 4,
	tmpBytes: 4096,
	wallMs: null,
	outputBytes: 1,
};

export interface WorkspacesOptions {
	engine(): Promise<Docker>;
	instance: string;
	now(): number;
	/** An image with `sleep`. Throws `sandbox_failed` when none has been made. */
	holderImage(): Promise<string>;
	/** Called with each name before there is anything of it. */
	onMade(name: string, run: string): void;
}

/**
 * Folders that live as long as their run. Each is a volume in memory, because that is the one kind with a size that
 * every engine can limit. What is in it is lost when no container has it mounted, so each has one that does nothing but
 * hold it; the archives go through that one, which has nothing else that a planted link could lead to.
 */
export function createWorkspaces(options: WorkspacesOptions) {
	const holder = async (workspace: string) => (await options.engine()).getContainer(workspace);

	/** Every folder on the way must be one: the engine follows links, though not out of the holder. */
	const refuseLinks = async (container: Docker.Container, folders: readonly string[]) => {
		for (const folder of folders) {
			const found = await statIn(container, `${ROOT}/${folder}`);
			if (found === null) continue;
			if (!found.isFolder)
				throw new BotError('sandbox_failed', `${folder} in the workspace is a link or a file, not a folder.`);
		}
	};

	return {
		async make(run: string, name: string, limits: WorkspaceLimits): Promise<string> {
			for (const value of [limits.bytes, limits.files]) {
				// Zero would mean no limit.
				if (!Number.isSafeInteger(value) || value < 1) {
					throw new BotError('sandbox_failed', `${value} is no limit for a workspace: at least 1 is needed.`);
				}
			}
			const engine = await options.engine();
			const workspace = nameOf(options.instance, 'workspace', run, name);
			options.onMade(workspace, run);
			const labels = {
				[LABEL.instance]: options.instance,
				[LABEL.run]: run,
				[LABEL.purpose]: 'workspace',
				[LABEL.expires]: `${options.now() + LONGEST_LIFE_MS}`,
				[LABEL.bytes]: `${limits.bytes}`,
				[LABEL.files]: `${limits.files}`,
			};
			try {
				const driverOptions = volumeOptions(limits);
				await engine.createVolume({ Name: workspace, Driver: 'local', DriverOpts: driverOptions, Labels: labels });
				const mount = { workspace, at: ROOT, writable: true, limits };
				const request = {
					run,
					purpose: 'workspace',
					image: await options.holderImage(),
					command: ['sleep', 'infinity'],
					env: {},
					mounts: [mount],
					cwd: '/',
					limits: HOLDER_LIMITS,
					egress: [],
				};
				const frame = {
					name: workspace,
					labels,
					ceiling: DEFAULT_CEILING,
					machineCpus: 1,
					workspaces: [mount],
					egressFolder: null,
				};
				await startHolder(engine, containerOptions(request, frame));
			} catch (thrown) {
				throw engineFailure('The workspace was not made', thrown);
			}
			return workspace;
		},

		/** What is needed to mount it. Throws `sandbox_failed` for one that is not of this run. */
		async mounted(run: string, mount: Omit<MountedWorkspace, 'limits'>): Promise<MountedWorkspace> {
			const engine = await options.engine();
			const { Labels: labels } = await engine
				.getVolume(mount.workspace)
				.inspect()
				.catch(() => ({ Labels: null }));
			if (labels?.[LABEL.instance] !== options.instance || labels[LABEL.run] !== run) {
				throw new BotError(
					'sandbox_failed',
					`The sandbox was not started: the run has no workspace ${mount.workspace}.`,
				);
			}
			// Without its holder the engine would mount it anew, and empty.
			const held = await engine
				.getContainer(mount.workspace)
				.inspect()
				.catch(() => null);
			if (held?.State.Running !== true) {
				throw new BotError(
					'sandbox_failed',
					'The sandbox was not started: its workspace was lost when Docker ended it.',
				);
			}
			const limits = { bytes: Number(labels[LABEL.bytes]), files: Number(labels[LABEL.files]) };
			return { ...mount, limits };
		},

		async *read(workspace: string, path: string, bytes: number): AsyncGenerator<WorkspaceEntry> {
			if (path !== '') refusePath(path);
			try {
				const container = await holder(workspace);
				await refuseLinks(container, foldersOf([{ path }]));
				const archive = await container.getArchive({ path: path === '' ? ROOT : `${ROOT}/${path}` });
				const parts = path.split('/');
				// The engine names what it found by the last part of the path.
				const above = parts.slice(0, -1).join('/');
				for await (const entry of readArchive(archive as Readable, path === '' ? ROOT_NAME : '', bytes)) {
					yield above === '' ? entry : { ...entry, path: `${above}/${entry.path}` };
				}
			} catch (thrown) {
				if (statusOf(thrown) === 404) {
					throw new BotError('sandbox_failed', `There is nothing at ${path === '' ? workspace : path} to read.`);
				}
				throw engineFailure('The workspace was not read', thrown);
			}
		},

		async write(workspace: string, files: readonly WorkspaceFile[]): Promise<void> {
			for (const { path } of files) refusePath(path);
			try {
				const container = await holder(workspace);
				await refuseLinks(container, foldersOf(files));
				await container.putArchive(await writeArchive(files), { path: ROOT, noOverwriteDirNonDir: '1' });
			} catch (thrown) {
				throw engineFailure('The files were not written to the workspace', thrown);
			}
		},
	};
}

function refusePath(path: string): void {
	const fault = pathFault(path);
	if (fault === null) return;
	throw new BotError('sandbox_failed', `${JSON.stringify(path.slice(0, 200))} is no path in a workspace: ${fault}.`);
}

async function startHolder(engine: Docker, create: ReturnType<typeof containerOptions>): Promise<void> {
	const container = engine.getContainer(create.name ?? '');
	const begin = async () => {
		try {
			await engine.createContainer(create);
		} catch (thrown) {
			if (statusOf(thrown) !== 409) throw thrown;
			// It is there already: of this life, then it runs; or of another one, then what it held is gone.
			if ((await container.inspect()).State.Running) return;
			await removeContainer(container);
			await engine.createContainer(create);
		}
		await container.start();
	};
	await born(begin, () => removeContainer(container));
}

/** Bits of the mode as Go writes it: a folder, and everything else that is not a regular file. */
const FOLDER = 2 ** 31;

async function statIn(container: Docker.Container, path: string): Promise<{ isFolder: boolean } | null> {
	let header: unknown;
	const isThere = await unlessGone(
		container.infoArchive({ path }).then((answer) => {
			header = answer.headers['x-docker-container-path-stat'];
		}),
	);
	if (!isThere) return null;
	const { mode } = JSON.parse(Buffer.from(String(header), 'base64').toString());
	// A bit operation would be signed.
	return { isFolder: mode >= FOLDER && mode % FOLDER < 2 ** 27 };
}
