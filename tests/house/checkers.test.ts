import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from './source-files.ts';

const SLOW = { timeout: 60_000 };
/** A project with nothing to complain about: one file at once, one by import(), and both used. */
const CLEAN: Readonly<Record<string, string>> = {
	'src/main.ts': "import { app } from './app.ts';\n\nawait app();\n",
	'src/app.ts':
		"export const app = async () => {\n\tconst { open } = await import('./adapters/stores/sqlite.ts');\n\treturn open();\n};\n",
	'src/adapters/stores/sqlite.ts': 'export const open = () => 1;\n',
};

/** Some checkers check nothing and say so to nobody. Each of ours is shown a fault, under our own configuration. */
let project: string;
beforeEach(() => {
	project = mkdtempSync(join(tmpdir(), 'house-'));
	for (const file of ['biome.json', 'knip.json', 'package.json', 'tsconfig.json'])
		cpSync(join(ROOT, file), join(project, file));
	symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
	writeFileSync(join(project, '.gitignore'), 'node_modules\n');
	write(CLEAN);
});
afterEach(() => {
	rmSync(project, { recursive: true });
});

function write(files: Readonly<Record<string, string>>) {
	for (const [file, source] of Object.entries(files)) {
		mkdirSync(dirname(join(project, file)), { recursive: true });
		writeFileSync(join(project, file), source);
	}
}

function check(tool: string, ...options: string[]) {
	const run = spawnSync(join(ROOT, 'node_modules/.bin', tool), options, {
		cwd: project,
		encoding: 'utf8',
		env: { ...process.env, PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`, NO_COLOR: '1' },
	});
	return { status: run.status, text: `${run.stdout}${run.stderr}` };
}

const lint = () => check('biome', 'ci', '--colors=off', '.');
const deadCode = () => check('knip', '--include', 'files,exports,types', '--no-config-hints');

describe('biome', () => {
	it('is content with a clean project', SLOW, () => {
		expect(lint()).toMatchObject({ status: 0 });
	});

	it('finds a cycle of three files', SLOW, () => {
		write({
			'src/a.ts': "import { b } from './b.ts';\n\nexport const a = () => b;\n",
			'src/b.ts': "import { c } from './c.ts';\n\nexport const b = () => c;\n",
			'src/c.ts': "import { a } from './a.ts';\n\nexport const c = () => a;\n",
		});
		const { status, text } = lint();
		expect(text).toContain('noImportCycles');
		expect(status).toBe(1);
	});

	it('finds a cycle of types', SLOW, () => {
		write({
			'src/a.ts': "import type { B } from './b.ts';\n\nexport interface A {\n\tb: B;\n}\n",
			'src/b.ts': "import type { A } from './a.ts';\n\nexport interface B {\n\ta: A;\n}\n",
		});
		const { status, text } = lint();
		expect(text).toContain('noImportCycles');
		expect(status).toBe(1);
	});

	it.each([
		['noExplicitAny', 'export const a = (x: any): unknown => x;\n'],
		['noDefaultExport', 'export default 1;\n'],
		['noNonNullAssertion', 'export const a = (x: string | null) => x!.length;\n'],
		['noBarrelFile', "export * from './app.ts';\n"],
		['format', 'export const a   = 1;\n'],
	])('finds a breach of %s', SLOW, (rule, source) => {
		write({ 'src/a.ts': source });
		const { status, text } = lint();
		expect(text).toContain(rule);
		expect(status).toBe(1);
	});
});

describe('knip', () => {
	it('is content with a clean project, in which import() counts as use', SLOW, () => {
		expect(deadCode()).toEqual({ status: 0, text: expect.not.stringContaining('Unused') });
	});

	it('finds a file that nobody imports', SLOW, () => {
		write({ 'src/runs/forgotten.ts': 'export const forgotten = 1;\n' });
		const { status, text } = deadCode();
		expect(text).toContain('src/runs/forgotten.ts');
		expect(status).toBe(1);
	});

	it('finds an export that nobody uses', SLOW, () => {
		write({ 'src/adapters/stores/sqlite.ts': 'export const open = () => 1;\nexport const forgotten = 2;\n' });
		const { status, text } = deadCode();
		expect(text).toContain('forgotten');
		expect(status).toBe(1);
	});

	it('finds a type that nobody uses', SLOW, () => {
		write({ 'src/app.ts': `${CLEAN['src/app.ts']}export interface Forgotten {\n\tx: 1;\n}\n` });
		const { status, text } = deadCode();
		expect(text).toContain('Forgotten');
		expect(status).toBe(1);
	});
});

describe('tsc', () => {
	it('is content with a clean project and finds an error of types', SLOW, () => {
		expect(check('tsc', '--noEmit')).toMatchObject({ status: 0 });
		write({ 'src/a.ts': "export const a: number = '1';\n" });
		expect(check('tsc', '--noEmit').text).toContain('src/a.ts');
	});
});
