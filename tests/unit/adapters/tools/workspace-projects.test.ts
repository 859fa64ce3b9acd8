import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createMemoryStore } from '../../../../src/adapters/stores/memory.ts';
import type { ContextFolder } from '../../../../src/core/context-folder.ts';
import { createProcessSandbox } from '../../../support/process-sandbox.ts';
import { workspaceWorld } from '../../../support/workspace-world.ts';

const SITE = '/workspace/context/site';
const PRESENT = { kind: 'present' } as const;

/** A project on this machine, and runs of a team that may change it. */
async function project(given: Partial<ContextFolder> = {}) {
	const root = await realpath(await mkdtemp(join(tmpdir(), 'massgen-project-')));
	onTestFinished(() => rm(root, { recursive: true }));
	const at = (path: string) => join(root, path);
	const files = {
		'index.html': '<h1>Old</h1>\n<p>Text</p>\n',
		'old.css': 'body {}\n',
		'keep/contract.txt': 'signed\n',
		'.git/config': '[core]\n',
		'.env': 'SECRET=1\n',
		'node_modules/x/index.js': '',
		'run.sh': '#!/bin/sh\n',
	};
	for (const [path, text] of Object.entries(files)) {
		await mkdir(dirname(at(path)), { recursive: true });
		await writeFile(at(path), text, { mode: path.endsWith('.sh') ? 0o755 : 0o644 });
	}
	await symlink('/etc/passwd', at('link'));
	const folder: ContextFolder = { name: 'site', path: root, writable: true, protectedPaths: ['keep'], ...given };
	const store = createMemoryStore();
	const life = () => {
		const sandbox = createProcessSandbox();
		onTestFinished(() => sandbox.close());
		return { ...workspaceWorld({ store, sandbox, context: [folder] }), sandbox };
	};
	return { at, life, text: (path: string) => readFile(at(path), 'utf8') };
}

const edit = { path: `${SITE}/index.html`, old_text: 'Old', new_text: 'New' };
const EDITED = '--- a/index.html\n+++ b/index.html\n@@ -1,2 +1,2 @@\n-<h1>Old</h1>\n+<h1>New</h1>\n <p>Text</p>\n';

describe('a project folder of the machine', () => {
	it('is seen by every agent as a copy, without secrets, links and what Git keeps', async () => {
		const { life, text } = await project();
		const agent = await life().agent('ada');
		expect(await agent.does('list_files', { path: SITE, depth: 3 })).toBe(
			'index.html  25\nkeep/\nkeep/contract.txt  7\nold.css  8\nrun.sh  10',
		);
		expect(await agent.fails('edit_file', edit)).toMatch(/read-only to you/);
		expect(agent.tools.map(({ name }) => name)).not.toContain('apply_changes');
		expect(agent.tools.find(({ name }) => name === 'read_file')?.openWorld).toBe(true);
		expect(await text('index.html')).toContain('Old');
	});

	it('is changed by the presenting agent in its copy, and on the machine by the very diff that was shown', async () => {
		const { life, at, text } = await project();
		const winner = await life().agent('ada', PRESENT);
		expect(winner.tools.find(({ name }) => name === 'apply_changes')?.effects).toBe('irreversible');
		expect(await winner.does('show_changes', { folder: SITE })).toMatch(/You have changed nothing/);
		await winner.does('edit_file', edit);
		await winner.does('write_file', { path: `${SITE}/new/page.html`, content: 'page\n' });
		await winner.does('read_file', { path: `${SITE}/old.css` });
		await winner.does('delete_file', { path: `${SITE}/old.css` });
		const diff = await winner.does('show_changes', { folder: SITE });
		expect(diff).toBe(
			`${EDITED}--- /dev/null\n+++ b/new/page.html\n@@ -0,0 +1,1 @@\n+page\n--- a/old.css\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-body {}\n`,
		);
		expect(await text('index.html')).toContain('Old');
		const forged = diff.replace('+page', '+harmless');
		expect(await winner.fails('apply_changes', { folder: SITE, diff: forged })).toMatch(/Nothing was written/);
		expect(await winner.does('apply_changes', { folder: SITE, diff })).toMatch(
			/: index.html, new\/page.html, old.css\.$/,
		);
		expect(await text('index.html')).toBe('<h1>New</h1>\n<p>Text</p>\n');
		expect(await text('new/page.html')).toBe('page\n');
		expect((await readdir(at('.'))).toSorted()).toEqual(
			['.env', '.git', 'index.html', 'keep', 'link', 'new', 'node_modules', 'run.sh'].toSorted(),
		);
		// Once more is no more; and what is changed after that can be written too.
		await winner.does('apply_changes', { folder: SITE, diff });
		await winner.does('write_file', { path: `${SITE}/new/page.html`, content: 'better\n' });
		const again = await winner.does('show_changes', { folder: SITE, paths: ['new/page.html'] });
		await winner.does('apply_changes', { folder: SITE, paths: ['new/page.html'], diff: again });
		expect(await text('new/page.html')).toBe('better\n');
		const kept = await winner.toolset.keepFiles?.();
		expect(kept?.listed.map(({ path }) => path)).toEqual(['changes.diff']);
	});

	it('keeps what is protected, whatever way it is changed', async () => {
		const { life, text, at } = await project();
		const { agent, sandbox } = life();
		const winner = await agent('ada', PRESENT);
		for (const path of ['keep/contract.txt', 'keep/new', '.git/hooks/post-commit', 'a/.git/config', '.env', 'x.pem']) {
			const written = { path: `${SITE}/${path}`, content: 'x' };
			expect(await winner.fails('write_file', written), path).toMatch(/protected and stays as it is/);
		}
		expect(await winner.fails('delete_file', { path: `${SITE}/keep` })).toMatch(/protected/);
		expect(await winner.fails('move_file', { from: `${SITE}/keep`, to: 'mine' })).toMatch(/protected/);
		expect(await winner.fails('delete_file', { path: SITE })).toMatch(/folders themselves/);
		// A command has no such scruples.
		const mounts = await winner.folder.mounts();
		const copy = sandbox.folder(mounts.find((mount) => mount.at === SITE)?.workspace ?? '');
		await writeFile(join(copy, 'keep/contract.txt'), 'forged');
		await writeFile(join(copy, '.env'), 'forged');
		await writeFile(join(copy, 'new.txt'), 'new\n');
		const diff = await winner.does('show_changes', { folder: SITE });
		expect(diff).toBe('--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1,1 @@\n+new\n');
		await winner.does('apply_changes', { folder: SITE, diff });
		expect(await text('.env')).toBe('SECRET=1\n');
		expect(await text('keep/contract.txt')).toBe('signed\n');
		expect(await readdir(at('.git'))).toEqual(['config']);
	});

	it('is not written when somebody has changed it meanwhile, or put a link in the way', async () => {
		const { life, at, text } = await project();
		const winner = await life().agent('ada', PRESENT);
		await winner.does('edit_file', edit);
		await winner.does('write_file', { path: `${SITE}/new/page.html`, content: 'page\n' });
		const diff = await winner.does('show_changes', { folder: SITE });
		const outside = await mkdtemp(join(tmpdir(), 'massgen-outside-'));
		onTestFinished(() => rm(outside, { recursive: true }));
		await symlink(outside, at('new'));
		expect(await winner.fails('apply_changes', { folder: SITE, diff })).toMatch(/link or a file leads to it/);
		expect(await readdir(outside)).toEqual([]);
		expect(await text('index.html')).toContain('Old');
		await rm(at('new'));
		await writeFile(at('index.html'), 'mine\n');
		expect(await winner.fails('apply_changes', { folder: SITE, diff })).toMatch(/index.html has been changed/);
		expect(await text('index.html')).toBe('mine\n');
		expect(await stat(at('new')).catch(() => null)).toBeNull();
	});

	it('has the same changes after a restart, for the person who was asked before it', async () => {
		const { life, text, at } = await project();
		const before = await life().agent('ada', PRESENT);
		await before.does('edit_file', edit);
		const diff = await before.does('show_changes', { folder: SITE });
		const files = (await before.toolset.keepFiles?.())?.id ?? null;
		await writeFile(at('later.txt'), 'not there when the run began');
		const after = await life().agent('ada', { ...PRESENT, files });
		expect(await after.does('show_changes', { folder: SITE })).toBe(diff);
		await after.does('apply_changes', { folder: SITE, diff });
		expect(await text('index.html')).toContain('New');
		expect(await text('later.txt')).toBe('not there when the run began');
	});

	it('that may only be read is not changed by anybody', async () => {
		const { life } = await project({ writable: false });
		const winner = await life().agent('ada', PRESENT);
		expect(winner.tools.map(({ name }) => name)).not.toContain('show_changes');
		expect(await winner.fails('edit_file', edit)).toMatch(/read-only to you/);
	});
});
