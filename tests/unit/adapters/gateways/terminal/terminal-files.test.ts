import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { writeFiles } from '../../../../../src/adapters/gateways/terminal/write-files.ts';
import type { KeptFiles } from '../../../../../src/core/kept-files.ts';
import { createScript } from '../../../../support/run-events.ts';
import { type Seat, seated } from './terminal-runs.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Files whose content is their path. */
const filesOf = (...paths: readonly string[]): KeptFiles => ({
	id: 'all',
	count: paths.length,
	bytes: 1_234,
	listed: paths.map((path) => ({ path, bytes: path.length, id: path })),
});

async function emptyFolder(): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'files-'));
	onTestFinished(() => rm(folder, { recursive: true }));
	return folder;
}

const write = (folder: string, ...paths: readonly string[]) =>
	writeFiles(folder, filesOf(...paths), async (id) => bytesOf(id));

describe('the files beside a result', () => {
	/** A run of a terminal whose winner has left files. */
	async function ended(files: KeptFiles, seat: Seat = {}) {
		const world = await seated({ env: { NO_COLOR: '1' }, rows: 80, ...seat });
		const script = createScript().begin().answer('sage', 1, 1, 'Done.');
		script.lasting({ type: 'presented', agent: 'sage', content: 'Done.', source: 'model', files });
		await world.play(script.finish({ answer: 'Done.' }).events);
		await world.gateway.stop();
		return world;
	}

	it.each([true, false])('are listed under it with their sizes (terminal: %s)', async (isTTY) => {
		const { lines } = await ended({ ...filesOf('site/index.html', 'a\u202Eb\u001b[2J.txt'), count: 5 }, { isTTY });
		expect(lines()).toMatch(/Done\.[\s\S]*5 files {2}1\.2 kB[\s\S]*site\/index\.html {2}15 bytes/);
		expect(lines()).toContain('a<U+202E>b');
		expect(lines()).toContain('and 3 more, which are not listed');
	});

	it('are written where they were asked for, before the gateway has stopped', async () => {
		const folder = join(await emptyFolder(), 'new', 'folder');
		const kept = { 'site/index.html': bytesOf('<p>Hi') };
		const { errors } = await ended(filesOf('site/index.html', 'lost.txt'), { filesFolder: folder, kept });
		expect(await readFile(join(folder, 'site', 'index.html'), 'utf8')).toBe('<p>Hi');
		expect(errors.lines().join('\n')).toContain(`1 file written to ${folder}.`);
		expect(errors.lines().join('\n')).toContain('lost.txt is not kept any more.');
	});

	it('are not written where nobody asked for it', async () => {
		const { errors } = await ended(filesOf('a.txt'), { kept: { 'a.txt': bytesOf('a') } });
		expect(errors.written()).toBe('');
	});

	it('say why when the folder cannot be used', async () => {
		const file = join(await emptyFolder(), 'file');
		await writeFile(file, '');
		const { errors } = await ended(filesOf('a.txt'), { filesFolder: file, kept: { 'a.txt': bytesOf('a') } });
		expect(errors.written()).toMatch(/That did not work: .*file/);
	});
});

describe('writing into a folder', () => {
	it('makes the folders on the way', async () => {
		const folder = await emptyFolder();
		expect(await write(folder, 'a.txt', 'b/c/d.txt')).toEqual([
			{ path: 'a.txt', type: 'written' },
			{ path: 'b/c/d.txt', type: 'written' },
		]);
		expect(await readFile(join(folder, 'b/c/d.txt'), 'utf8')).toBe('b/c/d.txt');
	});

	it.each(['../out.txt', '/etc/out.txt', 'a/../../out.txt', 'a//b', './a', 'a/', '..', '', 'a\\..\\b', 'a\0b'])(
		'does not take %j for a path below it',
		async (path) => {
			const folder = join(await emptyFolder(), 'in');
			expect(await write(folder, path)).toEqual([{ path, type: 'outside' }]);
			expect(await readdir(folder)).toEqual([]);
			expect(await readdir(join(folder, '..'))).toEqual(['in']);
		},
	);

	it('leaves alone what is there', async () => {
		const folder = await emptyFolder();
		await writeFile(join(folder, 'a.txt'), 'mine');
		await mkdir(join(folder, 'b'));
		expect((await write(folder, 'a.txt', 'b')).map(({ type }) => type)).toEqual(['exists', 'exists']);
		expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('mine');
	});

	it('follows no link, to a folder, to a file, or to nothing', async () => {
		const [folder, other] = [await emptyFolder(), await emptyFolder()];
		await writeFile(join(other, 'theirs.txt'), 'theirs');
		await symlink(other, join(folder, 'link'));
		await symlink(join(other, 'theirs.txt'), join(folder, 'file.txt'));
		await symlink(join(other, 'none.txt'), join(folder, 'nothing.txt'));
		const results = await write(folder, 'link/a.txt', 'link/deeper/a.txt', 'file.txt', 'nothing.txt');
		expect(results.map(({ type }) => type)).toEqual(['outside', 'outside', 'exists', 'exists']);
		expect(await readdir(other)).toEqual(['theirs.txt']);
		expect(await readFile(join(other, 'theirs.txt'), 'utf8')).toBe('theirs');
	});

	it('takes a file in the place of a folder for a way out', async () => {
		const folder = await emptyFolder();
		await writeFile(join(folder, 'a'), '');
		expect(await write(folder, 'a/b.txt')).toEqual([{ path: 'a/b.txt', type: 'outside' }]);
	});

	it('may be a link itself, because the person has named it', async () => {
		const [folder, real] = [await emptyFolder(), await emptyFolder()];
		await symlink(real, join(folder, 'link'));
		await write(join(folder, 'link'), 'a.txt');
		expect(await readdir(real)).toEqual(['a.txt']);
	});
});
