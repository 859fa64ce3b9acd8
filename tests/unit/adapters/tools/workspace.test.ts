import { execFileSync } from 'node:child_process';
import { chmod, link, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createMemoryStore } from '../../../../src/adapters/stores/memory.ts';
import type { Sandbox } from '../../../../src/core/sandbox.ts';
import { toolsetContract } from '../../../contracts/toolset-contract.ts';
import { createProcessSandbox, type ProcessSandbox } from '../../../support/process-sandbox.ts';
import { workspaceWorld } from '../../../support/workspace-world.ts';

function sandboxOfTest(): ProcessSandbox {
	const sandbox = createProcessSandbox();
	onTestFinished(() => sandbox.close());
	return sandbox;
}

/** An agent with an empty folder, and where that is on this machine. */
async function ada() {
	const sandbox = sandboxOfTest();
	const world = workspaceWorld({ sandbox });
	const agent = await world.agent('ada');
	await agent.does('make_folder', { path: 'here' });
	await agent.does('delete_file', { path: 'here' });
	const at = (path: string) => join(sandbox.folder('run-1/own-ada'), path);
	return { ...agent, ...world, at };
}

/** A ripgrep that says it has begun and then waits. */
async function waitingSearch(sandbox: Sandbox): Promise<{ sandbox: Sandbox; begun: string; ended: string }> {
	const folder = await mkdtemp(join(tmpdir(), 'massgen-rg-'));
	onTestFinished(() => rm(folder, { recursive: true }));
	const [begun, ended] = [join(folder, 'begun'), join(folder, 'pid')];
	await writeFile(join(folder, 'rg'), `#!/bin/sh\necho $$ > ${ended}\n: > ${begun}\nexec sleep 1000\n`);
	await chmod(join(folder, 'rg'), 0o755);
	const env = { PATH: `${folder}:/usr/bin:/bin` };
	return { begun, ended, sandbox: { ...sandbox, spawn: (it, signal) => sandbox.spawn({ ...it, env }, signal) } };
}

const until = async (isSo: () => Promise<boolean>) => {
	while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
};

toolsetContract('workspace', async () => {
	const { sandbox, begun, ended } = await waitingSearch(sandboxOfTest());
	const agent = await workspaceWorld({ sandbox }).agent('ada');
	const exists = (path: string) => stat(path).then(Boolean, () => false);
	return {
		toolset: {
			...agent.toolset,
			// The tool that gives its text back has it for content; the endless one needs something to look for.
			async call(name, input, options) {
				if (name === 'search_text') return agent.toolset.call(name, { pattern: 'x' }, options);
				if (name !== 'write_file' || !isText(input)) return agent.toolset.call(name, input, options);
				const path = `${input.text}.txt`;
				await agent.toolset.call(name, { path, content: input.text }, options);
				return agent.toolset.call('read_file', { path }, options);
			},
			tools: agent.toolset.tools,
		},
		echo: 'write_file',
		failing: 'read_file',
		endless: 'search_text',
		started: () => until(() => exists(begun)),
		async stopped() {
			const pid = (await readFile(ended, 'utf8')).trim();
			await until(async () => !(await exists(`/proc/${pid}`)));
		},
	};
});

const isText = (input: unknown): input is { text: string } =>
	typeof input === 'object' && input !== null && 'text' in input;

describe('the file tools of an agent', () => {
	it('write, read, edit, list, copy, move and delete files in its own folder', async () => {
		const { does, at } = await ada();
		expect(await does('write_file', { path: 'src/a.ts', content: 'one\ntwo\nthree\n' })).toMatch(
			/Wrote .*src\/a.ts: 14/,
		);
		expect(await readFile(at('src/a.ts'), 'utf8')).toBe('one\ntwo\nthree\n');
		expect(await does('read_file', { path: 'src/a.ts' })).toBe('one\ntwo\nthree');
		expect(await does('read_file', { path: '/workspace/work/src/a.ts', from: 2, lines: 1 })).toBe(
			'Lines 2 to 2 of 3 of /workspace/work/src/a.ts: (the rest from line 3)\ntwo',
		);
		await does('edit_file', { path: 'src/a.ts', old_text: 'two', new_text: '$&' });
		expect(await readFile(at('src/a.ts'), 'utf8')).toBe('one\n$&\nthree\n');
		await does('copy_file', { from: 'src', to: 'lib' });
		await does('move_file', { from: 'lib/a.ts', to: 'deep/er/b.ts' });
		expect(await does('list_files', { path: '.', depth: 5 })).toBe(
			'deep/\ndeep/er/\ndeep/er/b.ts  13\nlib/\nsrc/\nsrc/a.ts  13',
		);
		expect(await does('list_files', { path: '/workspace' })).toBe('/workspace/work/');
		await does('delete_file', { path: 'deep' });
		expect(await does('list_files', { path: 'deep/..' })).toBe('lib/\nsrc/');
	});

	it('keep what a file is beside its text: executable, with its line ends', async () => {
		const { does, at } = await ada();
		await writeFile(at('run.sh'), 'a\r\nb\r\n', { mode: 0o755 });
		await does('edit_file', { path: 'run.sh', old_text: 'a\nb', new_text: 'c\nd' });
		expect(await readFile(at('run.sh'), 'utf8')).toBe('c\r\nd\r\n');
		expect((await stat(at('run.sh'))).mode & 0o777).toBe(0o755);
	});

	it('find files by name and text by pattern, without what programs keep for themselves', async () => {
		const { does, fails, at } = await ada();
		await does('write_file', { path: 'src/a.ts', content: 'const needle = 1;\n' });
		await does('write_file', { path: 'src/b.md', content: 'Needle\n' });
		await does('write_file', { path: 'node_modules/x/c.ts', content: 'needle\n' });
		await writeFile(at('.hidden.ts'), 'needle\n');
		expect(await does('find_files', { pattern: '*.ts' })).toBe('.hidden.ts\nsrc/a.ts');
		expect(await does('find_files', { pattern: '*.ts', path: 'node_modules' })).toBe('x/c.ts');
		expect(await does('search_text', { pattern: 'need[l]e', path: 'src' })).toBe('a.ts:1:const needle = 1;');
		expect(await does('search_text', { pattern: 'needle', ignore_case: true, files: '*.md' })).toBe(
			'src/b.md:1:Needle',
		);
		expect(await does('search_text', { pattern: 'Needle', path: 'src/b.md' })).toBe('b.md:1:Needle');
		expect(await does('search_text', { pattern: '--pre=evil' })).toMatch(/^Nothing/);
		expect(await fails('search_text', { pattern: '(' })).toMatch(/^The pattern cannot be used: .*unclosed group/s);
	});

	it('say what is wrong in a sentence that helps', async () => {
		const { does, fails } = await ada();
		await does('write_file', { path: 'a', content: 'x x' });
		expect(await fails('read_file', { path: 'b' })).toBe('/workspace/work/b: there is nothing of this name.');
		expect(await fails('read_file', { path: '.' })).toBe('/workspace/work: it is a folder.');
		expect(await fails('read_file', { path: 'a', from: 9 })).toMatch(/has 1 line only/);
		expect(await fails('edit_file', { path: 'a', old_text: 'y', new_text: '' })).toMatch(/old_text is not in it/);
		expect(await fails('edit_file', { path: 'a', old_text: 'x', new_text: '' })).toMatch(/2 times/);
		expect(await fails('write_file', { path: 'a/b', content: '' })).toMatch(/not a folder/);
		expect(await fails('move_file', { from: 'a', to: 'a' })).toMatch(/something of this name already/);
		expect(await fails('write_file', { path: 'a', content: 'x', mode: 1 })).toMatch(/arguments of write_file.*mode/s);
		await does('make_folder', { path: 'f' });
		expect(await fails('copy_file', { from: 'f', to: 'f/g' })).toMatch(/cannot go into itself/);
		expect(await fails('move_file', { from: 'f', to: 'f/g' })).toMatch(/cannot go into itself/);
		for (const path of ['.', '/workspace/work', 'f/..']) {
			expect(await fails('delete_file', { path }), path).toMatch(/one of the folders themselves/);
		}
	});

	it('read nothing that is not a text, and of a text no more than fits', async () => {
		const { does, fails, at } = await ada();
		await writeFile(at('bin'), new Uint8Array([0xff, 0xfe, 1]));
		await writeFile(at('nul'), 'a\0b');
		await writeFile(at('big'), Buffer.alloc(5 * 2 ** 20, 'x'));
		await writeFile(at('long'), 'line of text\n'.repeat(9_000));
		await writeFile(at('odd'), 'a\u202eb\n');
		expect(await fails('read_file', { path: 'bin' })).toMatch(/not a text: 3 bytes/);
		expect(await fails('read_file', { path: 'nul' })).toMatch(/not a text/);
		expect(await fails('read_file', { path: 'big' })).toMatch(/5242880 bytes, and at most 4194304/);
		const long = await does('read_file', { path: 'long', lines: 5_000 });
		expect(long.length).toBeLessThan(61_000);
		expect(long).toMatch(/^Lines 1 to 4615 of 9000/);
		expect(await does('read_file', { path: 'odd' })).toBe('Characters that are not seen were left out of this.\nab');
	});

	it('delete only what the agent has made or read, or what programs make anew', async () => {
		const { does, fails, at } = await ada();
		await mkdir(at('theirs/node_modules'), { recursive: true });
		await writeFile(at('theirs/a'), '');
		await writeFile(at('theirs/node_modules/b'), '');
		expect(await fails('delete_file', { path: 'theirs' })).toMatch(
			/neither made nor read \/workspace\/work\/theirs\/a\./,
		);
		await does('read_file', { path: 'theirs/a' });
		await does('delete_file', { path: 'theirs' });
		await writeFile(at('moved'), '');
		await does('move_file', { from: 'moved', to: 'elsewhere' });
		expect(await fails('delete_file', { path: 'elsewhere' })).toMatch(/neither made nor read/);
		await does('write_file', { path: 'mine/a', content: '' });
		await does('move_file', { from: 'mine', to: 'still-mine' });
		await does('delete_file', { path: 'still-mine' });
	});

	it('follow no link and touch neither pipe nor device', async () => {
		const { does, fails, at } = await ada();
		const outside = await mkdtemp(join(tmpdir(), 'massgen-outside-'));
		onTestFinished(() => rm(outside, { recursive: true }));
		await writeFile(join(outside, 'secret'), 'the secret');
		await symlink(join(outside, 'secret'), at('link'));
		await symlink(outside, at('folder'));
		execFileSync('mkfifo', [at('pipe')]);
		for (const path of ['link', 'pipe']) expect(await fails('read_file', { path }), path).toMatch(/not touched/);
		for (const [tool, input] of [
			['read_file', { path: 'folder/secret' }],
			['write_file', { path: 'folder/new', content: 'x' }],
			['make_folder', { path: 'folder/new' }],
			['delete_file', { path: 'folder/secret' }],
			['list_files', { path: 'folder' }],
			['copy_file', { from: 'folder/secret', to: 'copy' }],
			['copy_file', { from: 'link', to: 'copy' }],
			['move_file', { from: 'folder/secret', to: 'copy' }],
			['search_text', { pattern: 'secret', path: 'folder' }],
			['search_text', { pattern: 'secret', path: 'link' }],
			['search_text', { pattern: 'secret', path: 'folder/secret' }],
		] as const) {
			expect(await fails(tool, input), JSON.stringify([tool, input])).not.toContain('the secret');
		}
		expect(await does('search_text', { pattern: 'secret' })).toMatch(/^Nothing/);
		expect(await does('list_files', {})).toBe(
			'folder  (link, not followed)\nlink  (link, not followed)\npipe  (other, not followed)',
		);
		// A link in the place of a file is replaced, not written through.
		await does('write_file', { path: 'link', content: 'mine' });
		expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('the secret');
		await does('delete_file', { path: 'folder' });
		expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('the secret');
	});

	it('write a file with a second name anew: the other name keeps what it had', async () => {
		const { does, at } = await ada();
		await writeFile(at('one'), 'before');
		await link(at('one'), at('two'));
		await does('write_file', { path: 'one', content: 'after' });
		expect(await readFile(at('two'), 'utf8')).toBe('before');
	});

	it('reach nothing outside of their folders, whatever the path', async () => {
		const { result, at, does } = await ada();
		const outside = at('../massgen-canary');
		await writeFile(outside, 'canary');
		onTestFinished(() => rm(outside, { force: true }));
		await does('write_file', { path: 'a/b', content: 'inside' });
		await symlink('..', at('a/up'));
		const part = fc.constantFrom(
			'..',
			'.',
			'',
			'a',
			'b',
			'up',
			'massgen-canary',
			'work',
			'workspace',
			'\0',
			'…',
			'x/../..',
		);
		const path = fc.tuple(fc.constantFrom('', '/', '/workspace/work/', '//', './'), fc.array(part, { maxLength: 6 }));
		await fc.assert(
			fc.asyncProperty(path, async ([start, parts]) => {
				const written = `${start}${parts.join('/')}`;
				for (const [tool, input] of [
					['read_file', { path: written }],
					['search_text', { pattern: 'canary', path: written }],
					['write_file', { path: `${written}/massgen-canary`, content: 'changed' }],
				] as const) {
					const { text } = await result(tool, input);
					expect(text).not.toMatch(/^canary|:canary/);
				}
				expect(await readFile(outside, 'utf8')).toBe('canary');
			}),
			{ numRuns: 150 },
		);
	});

	it('are made one after the other when they change something', async () => {
		const { result, does } = await ada();
		await does('write_file', { path: 'log', content: 'end' });
		const edits = ['a', 'b', 'c', 'd'].map((letter) =>
			result('edit_file', { path: 'log', old_text: 'end', new_text: `${letter} end` }),
		);
		expect((await Promise.all(edits)).map(({ isError }) => isError)).toEqual([false, false, false, false]);
		expect(await does('read_file', { path: 'log' })).toBe('a b c d end');
	});
});

describe('the files of a team', () => {
	it('are kept, seen read-only under the anonymous name, and come back in another life', async () => {
		const store = createMemoryStore();
		const sandbox = sandboxOfTest();
		const first = workspaceWorld({ store, sandbox });
		const author = await first.agent('ada');
		await author.does('write_file', { path: 'src/main.py', content: 'print(1)\n' });
		await author.does('write_file', { path: '.env', content: 'KEY=1' });
		const kept = await author.toolset.keepFiles?.();
		expect(kept).toMatchObject({ count: 2, bytes: 14, listed: [{ path: 'src/main.py', bytes: 9 }] });
		const files = kept?.id ?? '';

		const reader = await first.agent('bob', { kind: 'evaluate', seen: [{ name: 'agent2', mine: false, files }] });
		expect(await reader.does('list_files', { path: '/workspace' })).toBe(
			'/workspace/work/\n/workspace/answers/agent2/',
		);
		expect(await reader.does('read_file', { path: '/workspace/answers/agent2/src/main.py' })).toBe('print(1)');
		expect(await reader.fails('write_file', { path: '/workspace/answers/agent2/x', content: '' })).toMatch(/read-only/);
		await reader.does('copy_file', { from: '/workspace/answers/agent2/src', to: 'src' });
		expect(await reader.toolset.keepFiles?.()).toMatchObject({ count: 1, listed: [{ path: 'src/main.py' }] });

		const again = await workspaceWorld({ store, sandbox: sandboxOfTest() }).agent('ada', { files });
		expect(await again.does('read_file', { path: '.env' })).toBe('KEY=1');
		expect(await again.does('list_files', { depth: 2 })).toBe('.env  5\nsrc/\nsrc/main.py  9');
	});

	it('that were written after the last answer come back too', async () => {
		const store = createMemoryStore();
		const first = await workspaceWorld({ store, sandbox: sandboxOfTest() }).agent('ada');
		await first.does('write_file', { path: 'a', content: '1' });
		const files = (await first.toolset.keepFiles?.())?.id ?? '';
		await first.does('write_file', { path: 'b', content: '2' });
		const again = await workspaceWorld({ store, sandbox: sandboxOfTest() }).agent('ada', { files });
		expect(await again.does('list_files', {})).toBe('a  1\nb  1');
		const idle = await workspaceWorld({ store, sandbox: sandboxOfTest() }).agent('ada', { files });
		expect(await idle.toolset.keepFiles?.()).toMatchObject({ count: 2 });
	});

	it('are laid out once for all who see them', async () => {
		const sandbox = sandboxOfTest();
		const world = workspaceWorld({ sandbox });
		const author = await world.agent('ada');
		await author.does('write_file', { path: 'a', content: 'x' });
		const kept = await author.toolset.keepFiles?.();
		const seen = [{ name: 'agent1', mine: false, files: kept?.id ?? '' }];
		for (const name of ['bob', 'cyd', 'dan']) {
			const reader = await world.agent(name, { kind: 'evaluate', seen });
			expect(await reader.does('read_file', { path: '/workspace/answers/agent1/a' })).toBe('x');
		}
		const mounted = sandbox.requests.flatMap(({ mounts }) => mounts.filter(({ writable }) => !writable));
		expect(new Set(mounted.map(({ workspace }) => workspace)).size).toBe(1);
	});

	it('are written once, whoever keeps them, and only when something was done', async () => {
		const store = createMemoryStore();
		const commits: string[] = [];
		const counted = {
			...store,
			commit(changes: Parameters<typeof store.commit>[0]) {
				for (const change of changes) if (change.type === 'put') commits.push(change.kind);
				return store.commit(changes);
			},
		};
		const agent = await workspaceWorld({ store: counted, sandbox: sandboxOfTest() }).agent('ada');
		expect(await agent.toolset.keepFiles?.()).toBeNull();
		await agent.does('write_file', { path: 'a', content: 'same' });
		await agent.does('write_file', { path: 'b', content: 'same' });
		const first = await agent.toolset.keepFiles?.();
		await agent.does('write_file', { path: 'c', content: 'new' });
		await agent.toolset.keepFiles?.();
		expect(commits.filter((kind) => kind === 'file')).toHaveLength(2);
		expect(await agent.toolset.keepFiles?.()).toMatchObject({ count: 3 });
		await agent.does('delete_file', { path: 'c' });
		expect(await agent.toolset.keepFiles?.()).toEqual(first);
	});

	it('that came with the question can be read', async () => {
		const store = createMemoryStore();
		const value = { base64: Buffer.from('a,b\n').toString('base64') };
		await store.commit([{ type: 'put', kind: 'file', key: 'k1', value }]);
		const attachments = [
			{ name: '../data.csv', bytes: 4, key: 'k1' },
			{ name: '../data.csv', bytes: 4, key: 'k1' },
		];
		const agent = await workspaceWorld({ store, sandbox: sandboxOfTest() }).agent('ada', { attachments });
		expect(await agent.does('list_files', { path: '/workspace/attachments' })).toBe('2-__data.csv  4\n__data.csv  4');
		expect(await agent.does('read_file', { path: '/workspace/attachments/__data.csv' })).toBe('a,b');
	});

	it('cannot be used without an engine: that is said once, and there are no tools', async () => {
		const problem = 'Tools are off: Docker does not answer.';
		const world = workspaceWorld({ sandbox: { ...sandboxOfTest(), problem: async () => problem } });
		for (const name of ['ada', 'bob']) {
			const agent = await world.agent(name);
			expect(agent.tools).toEqual([]);
			expect(await agent.toolset.keepFiles?.()).toBeNull();
		}
		expect(world.reports).toEqual([problem]);
	});
});
