import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkConfig } from '../../../src/config/check-config.ts';
import { formatProblem } from '../../../src/config/problem.ts';
import { check, errorsOf, folderOf, TWO } from './check.ts';

describe('a file that cannot be read as configuration', () => {
	it('is missing: the path is named', async () => {
		const cwd = await folderOf({});
		const { errors } = await checkConfig({ file: 'none.yaml', flags: {}, env: {}, cwd });
		expect(errors.map(formatProblem)).toEqual(['none.yaml there is no such file; check the path']);
	});

	it('is a directory', async () => {
		const cwd = await folderOf({});
		await mkdir(join(cwd, 'team.yaml'));
		const { errors } = await checkConfig({ file: 'team.yaml', flags: {}, env: {}, cwd });
		expect(errors.map(formatProblem)).toEqual(['team.yaml this is a directory; name a YAML file in it']);
	});

	it.each(['', '# only a comment\n', '---\n'])('is empty: %j', async (text) => {
		expect(await errorsOf(text)).toEqual(['team.yaml the file is empty; it needs at least `agents:`']);
	});

	it('has a list at the top', async () => {
		expect(await errorsOf('- id: a\n')).toEqual(['team.yaml:1:1 expected a map of keys and values, found a list']);
	});

	it('is plain text', async () => {
		expect(await errorsOf('hello')).toEqual(['team.yaml:1:1 expected a map of keys and values, found "hello"']);
	});

	it('has a key twice: both the place and the line are shown', async () => {
		expect(await errorsOf('locale: en\nlocale: de\n')).toEqual([
			'team.yaml:2:1 this key is there twice in the same map; remove one of them\n    locale: de',
		]);
	});

	it('is indented with tabs', async () => {
		const [first] = await errorsOf('agents:\n\t- id: a\n');
		expect(first).toContain('team.yaml:2:1 a tab is used for indentation; YAML allows only spaces\n    - id: a');
	});

	it('has an unclosed quote: a secret in the line shown is masked', async () => {
		const [first] = await errorsOf('agent:\n  id: a\n  backend: {api_key: "sk-verysecret123\n');
		expect(first).toContain('team.yaml:');
		expect(first).not.toContain('verysecret');
	});

	it('is larger than 1 MB, and is not even read', async () => {
		const [first] = await errorsOf(`# ${'x'.repeat(10_000_000)}`);
		expect(first).toMatch(/the file has 10000002 bytes; a configuration may have 1048576/);
	});

	it('is a bomb of aliases', async () => {
		const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i}, `.repeat(10)}]`);
		const [first] = await errorsOf(`l0: &l0 [1]\n${levels.join('\n')}\n`);
		expect(first).toContain('its aliases (`*name`) expand to too much data');
	});

	it('is nested too deeply for any reader', async () => {
		const [first] = await errorsOf('['.repeat(200_000));
		expect(first).toMatch(/^team\.yaml/);
	});

	it('names an anchor that is not there', async () => {
		const [first] = await errorsOf('agents: *nobody\n');
		expect(first).toContain('nobody');
	});

	it('holds several documents', async () => {
		const [first] = await errorsOf(`${TWO}---\nlocale: en\n`);
		expect(first).toContain('several YAML documents');
	});

	it.each([
		['Latin-1', Uint8Array.from([0x6c, 0x3a, 0x20, 0xe4, 0x0a])],
		['UTF-16', Uint8Array.from(Buffer.from('\ufefflocale: en\n', 'utf16le'))],
	])('is %s and not UTF-8', async (_name, bytes) => {
		expect(await errorsOf(bytes)).toEqual([
			'team.yaml the file is not UTF-8 text; save it again with the encoding UTF-8',
		]);
	});
});

describe('a file that looks odd and is fine', () => {
	it.each([
		['a byte order mark', `\ufeff${TWO}`],
		['Windows line ends', TWO.replaceAll('\n', '\r\n')],
		['keys without a value', `${TWO}orchestrator:\nui:\nmemory:\ntimeout_settings:\n`],
	])('has %s', async (_name, text) => {
		expect((await check(text)).errors).toEqual([]);
	});
});
