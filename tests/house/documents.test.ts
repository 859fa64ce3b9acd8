import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandsIn, pathsIn, scriptsIn, sectionOf, testFilesIn } from './named-in.ts';
import { ROOT } from './source-files.ts';

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const there = (path: string) => existsSync(join(ROOT, path));
const folders = (path: string) =>
	there(path)
		? readdirSync(join(ROOT, path), { withFileTypes: true })
				.filter((entry) => entry.isDirectory())
				.map((entry) => `${path}/${entry.name}/`)
		: [];

const PLANNED = 'Planned rooms';
const architecture = read('ARCHITECTURE.md');
const planned = sectionOf(architecture, PLANNED);
const built = architecture.replace(planned, '');
const documents = {
	'README.md': read('README.md'),
	'ARCHITECTURE.md': built,
	'CONTRIBUTING.md': read('CONTRIBUTING.md'),
};

describe('what the check sees in a document', () => {
	const text = [
		'Read `src/core/run.ts`, `src/core/`, `.ci/run`, `.env.example` and `LICENSE`, not `a/b c` or `@slack/bolt`.',
		'Write `commands/<name>.ts` or `config/*.yaml`; run `npm run --silent ask -- "x"`, `npm test`, `npm run check`.',
		'`npx vitest run tests/a.test.ts`',
		'```sh\n# first\nnpm ci\nnpm run ask -- "y"\n```',
		'```\n`src/fenced.ts`\n```',
		'## Later\n`src/later/`',
	].join('\n');

	it('finds paths in code spans, up to a free part', () => {
		expect(pathsIn(text)).toEqual([
			'src/core/run.ts',
			'src/core/',
			'.ci/run',
			'.env.example',
			'LICENSE',
			'commands',
			'config',
			'src/later/',
		]);
	});

	it('finds scripts, test files, commands and sections', () => {
		expect(scriptsIn(text)).toEqual(['ask', 'test', 'check']);
		expect(testFilesIn(text)).toEqual(['tests/a.test.ts']);
		expect(commandsIn(text)).toEqual(['npm ci', 'npm run ask -- "y"']);
		expect(pathsIn(sectionOf(text, 'Later'))).toEqual(['src/later/']);
	});
});

describe.each(Object.entries(documents))('%s', (_name, text) => {
	it('names only paths that exist', () => {
		expect(pathsIn(text).length).toBeGreaterThan(3);
		expect([...pathsIn(text), ...testFilesIn(text)].filter((path) => !there(path))).toEqual([]);
	});

	it('names only scripts of package.json', () => {
		const { scripts } = JSON.parse(read('package.json'));
		expect(scriptsIn(text).filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
	});
});

describe('ARCHITECTURE.md', () => {
	it('has every room that is built', () => {
		const rooms = ['src', 'src/adapters', 'tests'].flatMap(folders).filter((room) => room !== 'src/adapters/');
		expect(rooms.filter((room) => !built.includes(`\`${room}`))).toEqual([]);
	});

	it('lists as planned only what is not there', () => {
		expect(pathsIn(planned).length).toBeGreaterThan(0);
		const rooms = pathsIn(planned).filter((path) => path.endsWith('/'));
		expect(rooms.filter(there)).toEqual([]);
	});
});
