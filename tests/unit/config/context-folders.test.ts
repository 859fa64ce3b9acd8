import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { allowedFolders, contextFoldersOf } from '../../../src/config/context-folders-of.ts';
import { environmentProblem } from '../../../src/config/problem.ts';

async function machine() {
	const root = await realpath(await mkdtemp(join(tmpdir(), 'massgen-folders-')));
	onTestFinished(() => rm(root, { recursive: true }));
	for (const folder of ['open/site', 'open-too/site', 'closed']) await mkdir(join(root, folder), { recursive: true });
	await writeFile(join(root, 'open/file'), '');
	await symlink(join(root, 'closed'), join(root, 'open/link'));
	const found = async (paths: readonly object[], own: readonly object[] = []) => {
		const given = { team: paths, agent: own } as Parameters<typeof contextFoldersOf>[0];
		const places = { allowed: ['open', 'open-too'], cwd: root };
		const { folders, problems } = await contextFoldersOf(given, places, (text) => environmentProblem('', text));
		return { folders, problems: problems.map(({ message }) => message) };
	};
	return { root, found };
}

describe('project folders of the machine', () => {
	it('are those that an admin has opened, each once and under a name of its own', async () => {
		const { root, found } = await machine();
		const site = { path: 'open/site', permission: 'write', protected_paths: ['keep/', `${root}/open/site/a`] };
		const { folders, problems } = await found([site, { path: 'open-too/site' }], [{ path: 'open/site' }]);
		expect(problems).toEqual([]);
		expect(folders).toEqual([
			{ name: 'site', path: `${root}/open/site`, writable: true, protectedPaths: ['keep', 'a'] },
			{ name: 'site-2', path: `${root}/open-too/site`, writable: false, protectedPaths: [] },
		]);
	});

	it.each([
		['closed', /closed is not open to agents; an admin opens it with ALLOWED_FOLDERS/],
		['open/link', /open\/link is not open to agents/],
		['open/../closed', /is not open to agents/],
		['open/file', /is not a folder; name the folder that it is in/],
		['open/nothing', /open\/nothing is not there/],
	])('%s is refused in a sentence', async (path, sentence) => {
		const { found } = await machine();
		expect(await found([{ path }])).toEqual({ folders: [], problems: [expect.stringMatching(sentence)] });
	});

	it('protect only what is in them', async () => {
		const { found } = await machine();
		const { problems } = await found([{ path: 'open/site', protected_paths: ['../x'] }]);
		expect(problems).toEqual(['the protected path ../x is not in open/site']);
	});

	it('are opened by the environment before the file, and by nobody at first', () => {
		expect(allowedFolders(undefined, {})).toEqual([]);
		expect(allowedFolders(['/a', '/b'], {})).toEqual(['/a', '/b']);
		expect(allowedFolders(['/a'], { ALLOWED_FOLDERS: '/c:/d' })).toEqual(['/c', '/d']);
	});
});
