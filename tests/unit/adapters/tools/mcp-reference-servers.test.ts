import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { packageOfServer } from '../../../../src/config/mcp-presets.ts';
import { mcpServersOf } from '../../../../src/config/mcp-servers-of.ts';
import type { ForeignForm } from '../../../../src/core/foreign-form.ts';
import { anyTurn, mcpWorld, serverSettings, unstopped } from '../../../support/mcp.ts';
import { createProcessSandbox } from '../../../support/process-sandbox.ts';

const require = createRequire(import.meta.url);

/** The entry of a reference server. */
const entryOf = (name: string) =>
	join(dirname(require.resolve(`@modelcontextprotocol/${name}/package.json`)), 'dist/index.js');

async function opened(command: readonly string[], workspace: boolean) {
	const sandbox = createProcessSandbox();
	onTestFinished(() => sandbox.close());
	const world = mcpWorld({ sandbox });
	const launch = { type: 'stdio', command, env: {}, image: null, egress: [], workspace } as const;
	const toolset = world.toolset(serverSettings(launch, { trusted: true }));
	return { sandbox, toolset, tools: await toolset.tools(anyTurn), reports: world.reports };
}

it('the reference server "everything" is understood: text, structured output, images, resources', async () => {
	const { toolset, tools, reports } = await opened(['node', entryOf('server-everything'), 'stdio'], false);
	expect(reports).toEqual([]);
	expect(tools.length).toBeGreaterThan(8);
	const call = (name: string, input: unknown) => toolset.call(`box__${name}`, input, unstopped());
	expect(await call('echo', { message: 'Hello' })).toEqual({ text: 'Echo: Hello', isError: false });
	const weather = await call('get-structured-content', { location: 'Chicago' });
	expect(JSON.parse(weather.text)).toMatchObject({ conditions: expect.any(String) });
	expect((await call('get-tiny-image', {})).text).toMatch(/\[image, image\/png, \d+ KiB: cannot be shown\]/);
	expect((await call('get-resource-links', { count: 2 })).text).toMatch(/\[resource .*: demo:\/\/.*\]/);
	expect((await call('get-sum', { a: 1, b: 'x' })).isError).toBe(true);
	const long = call('trigger-long-running-operation', { duration: 0.2, steps: 4 });
	expect((await long).text).toContain('completed');
}, 60_000);

it('the reference server "filesystem" works in the folder it is given', async () => {
	const { toolset, tools, sandbox } = await opened(['node', entryOf('server-filesystem'), `\${cwd}`], true);
	const effects = new Map(tools.map((tool) => [tool.name, tool.effects]));
	expect([effects.get('box__read_text_file'), effects.get('box__write_file')]).toEqual(['none', 'irreversible']);
	const place = await sandbox.workspace('run1', 'mcp-box-ada', { bytes: 1, files: 1 });
	expect(place).toBe('run1/mcp-box-ada');
	const { text } = await toolset.call('box__list_allowed_directories', {}, unstopped());
	const folder = text.split('\n').at(-1) ?? '';
	await mkdir(join(folder, 'notes'));
	const written = { path: join(folder, 'notes/a.txt'), content: 'kept' };
	expect((await toolset.call('box__write_file', written, unstopped())).isError).toBe(false);
	expect(await readFile(written.path, 'utf8')).toBe('kept');
	const outside = await toolset.call('box__read_text_file', { path: '/etc/passwd' }, unstopped());
	expect(outside).toMatchObject({ isError: true, text: expect.stringContaining('denied') });
}, 60_000);

it('the preset "filesystem" knows every tool of its server: it reads, or works in its own folder', async () => {
	const { servers } = mcpServersOf({ box: { preset: 'filesystem' } }, () => {
		throw new Error('the preset is not sound');
	});
	const [settings] = servers;
	if (settings?.launch.type !== 'stdio') throw new Error('no preset');
	const sandbox = createProcessSandbox();
	onTestFinished(() => sandbox.close());
	const command = ['node', entryOf('server-filesystem'), ...settings.launch.command.slice(1)];
	const toolset = mcpWorld({ sandbox }).toolset({ ...settings, launch: { ...settings.launch, command } });
	const tools = await toolset.tools(anyTurn);
	const writing = tools.flatMap(({ name, effects }) => (effects === 'none' ? [] : [[name, effects]]));
	expect(writing.sort()).toEqual(
		Object.entries(settings.effects)
			.map(([name, effects]) => [`box__${name}`, effects])
			.sort(),
	);
	expect(require('@modelcontextprotocol/server-filesystem/package.json').version).toBe(
		packageOfServer('filesystem').split('@').at(-1),
	);
}, 60_000);

it('the reference server "everything" asks a person, and is told what they answered; without one it is told so', async () => {
	const sandbox = createProcessSandbox();
	onTestFinished(() => sandbox.close());
	const command = ['node', entryOf('server-everything'), 'stdio'];
	const settings = serverSettings({ type: 'stdio', command, env: {}, image: null, egress: [], workspace: false });
	const world = mcpWorld({ sandbox });
	const forms: ForeignForm[] = [];
	const run = world.servers.forRun('run1', async (form) => {
		forms.push(form);
		return { type: 'accepted', values: { name: 'Ada', check: true, integer: 7 } };
	});
	const toolset = world.toolset(settings, { run });
	await toolset.tools(anyTurn);
	const { text, isError } = await toolset.call('box__trigger-elicitation-request', {}, unstopped());
	expect(isError).toBe(false);
	expect(text).toContain('Ada');
	expect(forms[0]).toMatchObject({ server: 'box', message: expect.stringContaining('Please provide') });
	expect(new Set(forms[0]?.fields.map(({ type }) => type))).toEqual(new Set(['text', 'boolean', 'number', 'choice']));
	const alone = mcpWorld({ sandbox }).toolset(settings);
	expect((await alone.tools(anyTurn)).map(({ name }) => name)).not.toContain('box__trigger-elicitation-request');
}, 60_000);
