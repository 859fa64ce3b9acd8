import type { Workspace } from '../../../core/abilities.ts';

/** `final`: the agent presents, so it may write to the targets. */
export function workspaceSection(workspace: Workspace, final: boolean): string {
	const lines = [
		`Your workspace is ${workspace.path}; relative paths start there. It may hold files from the previous run.`,
		...references(workspace.references),
		...(workspace.attachments === null
			? []
			: [`${workspace.attachments} holds the files that came with the question. Read only.`]),
		...(workspace.earlier === null ? [] : [`${workspace.earlier} shows how the previous run ended. Read only.`]),
		...workspace.contextPaths.map((target) => contextPath(target, final)),
		'Prefer file tools to code, code to pasted text. In an answer, say what commands showed and list the paths of files; do not paste whole files.',
		'Remove temporary files before you finish.',
	];
	return lines.join('\n');
}

function references(path: string | null): string[] {
	if (path === null) return [];
	return [
		`${path} holds a read-only folder for each answer, under its anonymous name. Open and compare the real files before you judge; copy only what you need, and say whose work you took over.`,
	];
}

function contextPath(target: { path: string; permission: 'read' | 'write' }, final: boolean): string {
	if (target.permission === 'read') return `${target.path}: read only.`;
	if (!final) return `${target.path}: the target. Read only now; the final presenter will write there.`;
	return `${target.path}: the target. Deliver there under absolute paths, remove outdated files, and check the result.`;
}
