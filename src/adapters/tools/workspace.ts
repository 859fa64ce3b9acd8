import {
	type AgentFolder,
	ANSWER_FOLDERS,
	ATTACHED_FOLDER,
	CONTEXT_FOLDERS,
	OWN_FOLDER,
} from '../../core/agent-folder.ts';
import type { Clock } from '../../core/clock.ts';
import type { ContextFolder } from '../../core/context-folder.ts';
import { messageOf } from '../../core/errors.ts';
import type { Sandbox, WorkspaceLimits } from '../../core/sandbox.ts';
import type { Store } from '../../core/store.ts';
import type { ToolResult, Toolset } from '../../core/tool.ts';
import { createAgentFolders, type OwnedFolders } from './workspace/agent-folders.ts';
import { type FileWork, fileOperations } from './workspace/file-operations.ts';
import { fileTexts } from './workspace/file-texts.ts';
import { createFileVault } from './workspace/file-vault.ts';
import { Refusal } from './workspace/folder-desk.ts';
import { absolute } from './workspace/folder-paths.ts';
import { createKnownFiles } from './workspace/known-files.ts';
import { createProject, type Project } from './workspace/projects.ts';
import { createRunVolumes } from './workspace/run-volumes.ts';
import { checkInput, type FileTool, fileTools, type InputOf, isFileTool } from './workspace/tool-list.ts';

export interface RunWorkspacesOptions {
	sandbox: Sandbox;
	store: Store;
	clock: Clock;
	run: string;
	/** How much an agent's own folder holds. */
	limits: WorkspaceLimits;
	/** Something that a person should know, in a sentence. */
	report(text: string): void;
}

/** The folders of the agents of one run. */
export interface RunWorkspaces {
	/** The file tools of an agent, and the folders that its other tools may work in too. The toolset closes both. */
	of(agent: string, context: readonly ContextFolder[]): { toolset: Toolset; folder: AgentFolder };
}

export function createRunWorkspaces(options: RunWorkspacesOptions): RunWorkspaces {
	const { sandbox, store, clock, run, limits } = options;
	const vault = createFileVault(store, run);
	const volumes = createRunVolumes(sandbox, vault, run, limits);
	const projects = new Map<string, Project>();
	/** Each is copied once, for all who see it. */
	const projectOf = (folder: ContextFolder): Project => {
		const known = projects.get(folder.name) ?? createProject(folder, vault);
		projects.set(folder.name, known);
		return known;
	};
	let problem: Promise<string | null> | null = null;
	/** Told once: without an engine there are no file tools, and the run goes on. */
	const isUsable = async () => {
		problem ??= sandbox.problem().then((found) => {
			if (found !== null) options.report(found);
			return found;
		});
		return (await problem) === null;
	};
	return {
		of(agent, context) {
			const seen = context.map(projectOf);
			const folder = createAgentFolders({ agent, run, sandbox, clock, vault, volumes, projects: seen });
			return { folder, toolset: createFileToolset(folder, seen, limits, isUsable) };
		},
	};
}

function createFileToolset(
	folder: OwnedFolders,
	projects: readonly Project[],
	limits: WorkspaceLimits,
	isUsable: () => Promise<boolean>,
): Toolset {
	const known = createKnownFiles();
	const effects = new Map(fileTools('write').map((tool) => [tool.name, tool.effects]));
	let offered: ReadonlySet<string> = new Set();
	/** Changes are made one after the other, in the order of the calls. */
	let changing: Promise<unknown> = Promise.resolve();

	const perform = async (name: FileTool, input: unknown, signal: AbortSignal): Promise<ToolResult> => {
		const checked = checkInput(name, input);
		if ('problem' in checked) return failure(fileTexts.badInput(name, checked.problem));
		let work: FileWork | null = null;
		try {
			work = { ...(await folder.opened()), known, projects, changes: folder.changes, signal };
			signal.throwIfAborted();
			return { text: await operate(name, checked, work), isError: false };
		} catch (thrown) {
			if (signal.aborted) return failure(fileTexts.stopped(name));
			return failure(await reasonOf(thrown, work, limits, checked));
		}
	};

	return {
		async tools(turn) {
			folder.open(turn);
			const mayWrite = turn.kind === 'present' && projects.some((project) => project.folder.writable);
			const tools = fileTools(projects.length === 0 ? 'none' : mayWrite ? 'write' : 'read');
			offered = new Set((await isUsable()) ? tools.map(({ name }) => name) : []);
			return tools.filter(({ name }) => offered.has(name));
		},
		abilities() {
			if (offered.size === 0) return {};
			const attachments = folder.turn()?.attachments.length === 0 ? null : ATTACHED_FOLDER;
			const contextPaths = projects.map(({ folder: { name, writable } }) => {
				const permission = writable ? ('write' as const) : ('read' as const);
				return { path: `${CONTEXT_FOLDERS}/${name}`, permission };
			});
			const workspace = { path: OWN_FOLDER, references: ANSWER_FOLDERS, attachments, earlier: null, contextPaths };
			return { workspace };
		},
		async call(name, input, { signal }) {
			if (!offered.has(name) || !isFileTool(name)) return failure(`There is no tool ${name} here.`);
			if (effects.get(name) === 'none') return perform(name, input, signal);
			const next = changing.then(() => {
				folder.changing();
				return perform(name, input, signal).finally(folder.settled);
			});
			changing = next;
			return next;
		},
		keepFiles: () => folder.keep(),
		close: () => folder.close(),
	};
}

const operate = <Name extends FileTool>(name: Name, input: InputOf<Name>, work: FileWork): Promise<string> =>
	fileOperations[name](input, work);

/** Why a call came to nothing, for the model. */
async function reasonOf(
	thrown: unknown,
	work: FileWork | null,
	limits: WorkspaceLimits,
	input: InputOf<FileTool>,
): Promise<string> {
	if (!(thrown instanceof Refusal) || work === null) return messageOf(thrown);
	if (thrown.code === 'ENOSPC') {
		const { files } = await work.desk.ask({ op: 'room', folder: 0 }, work.signal);
		return fileTexts.full(files === 0 ? 'files' : 'bytes', limits);
	}
	const isTarget = thrown.code === 'EEXIST' || thrown.code === 'EINSIDE';
	const named = 'to' in input ? (isTarget ? input.to : input.from) : 'folder' in input ? input.folder : input.path;
	return fileTexts.refused(absolute(named), thrown.code);
}

const failure = (text: string): ToolResult => ({ text, isError: true });
