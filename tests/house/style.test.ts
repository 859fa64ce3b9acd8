import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { functionLengths } from './function-lengths.ts';
import { ROOT, sourceFiles } from './source-files.ts';
import { MAX_LINES, type StyleRule, styleFaults } from './style-faults.ts';

const SEEDS: readonly (readonly [string, StyleRule, string, string])[] = [
	['any', 'any', 'src/a.ts', 'export const a: Map<string, any> = new Map();'],
	['as any', 'any', 'src/a.ts', 'export const a = 1 as any;'],
	['a non-null assertion', 'non_null', 'src/a.ts', 'export const a = [1][0]!;'],
	['a default export', 'default_export', 'src/a.ts', 'export default 1;'],
	['a default export under another name', 'default_export', 'src/a.ts', 'const a = 1; export { a as default };'],
	['a barrel', 'barrel', 'src/a.ts', "export * from './b.ts';\nexport { c } from './c.ts';"],
	['a barrel in two steps', 'barrel', 'src/a.ts', "import { b } from './b.ts';\nexport { b };"],
	['an import() that hides what is used', 'blind_import', 'src/a.ts', "export const a = (await import('./b.ts')).b;"],
	['camel case in a file name', 'file_name', 'src/runJournal.ts', 'export const a = 1;'],
	['capitals in a folder name', 'file_name', 'src/Runs/a.ts', 'export const a = 1;'],
	['an empty word in a file name', 'banned_word', 'src/runs/run-utils.ts', 'export const a = 1;'],
	['an empty word in a folder name', 'banned_word', 'src/helpers/a.ts', 'export const a = 1;'],
	['a class that manages', 'banned_word', 'src/a.ts', 'export class RunManager {}'],
	['a function that helps', 'banned_word', 'src/a.ts', 'export function retryHelper() {}'],
	['a constant of utils', 'banned_word', 'src/a.ts', 'const textUtils = 1; export { textUtils as text };'],
	['an Impl', 'banned_word', 'src/a.ts', 'export type StoreImpl = string;'],
	['a Base', 'banned_word', 'src/a.ts', 'export interface GatewayBase { x: 1 }'],
	['a file of too many lines', 'file_length', 'src/a.ts', 'export const a = 1;\n'.concat('//\n'.repeat(MAX_LINES))],
	['unfinished work', 'unfinished', 'src/a.ts', 'export const a = 1; // TODO: later'],
	['work to be mended', 'unfinished', 'src/a.ts', '/* FIXME */ export const a = 1;'],
];

describe('the style check', () => {
	it.each(SEEDS)('finds %s', (_title, rule, file, source) => {
		expect(styleFaults(file, source).map((fault) => fault.rule)).toContain(rule);
	});

	it.each([
		['a type that speaks of any', 'export type Many = string; // any of them'],
		['an import() that says what is used', "export const { a } = await import('./b.ts');"],
		['a marker in a text', "export const a = 'TODO';"],
		['a base URL', "export const baseUrl = ''; export const base = 1;"],
		['a list made of imports', "import { a } from './a.ts';\nexport const list = [a];"],
		['a re-export beside own code', "export { a } from './a.ts';\nexport const b = 1;"],
		['a file of exactly the limit', 'export const a = 1;\n'.concat('//\n'.repeat(MAX_LINES - 1))],
	])('has nothing against %s', (_title, source) => {
		expect(styleFaults('src/some-room/a2-b.ts', source)).toEqual([]);
	});
});

describe('this house', () => {
	const written = sourceFiles(['src', 'commands']);
	const tests = sourceFiles(['tests', 'bench']);

	it('keeps the style in src and commands', () => {
		expect([...written].flatMap(([file, source]) => styleFaults(file, source))).toEqual([]);
	});

	it('keeps the style in tests and bench', () => {
		expect([...tests].flatMap(([file, source]) => styleFaults(file, source))).toEqual([]);
	});

	it('has small files and few long functions', () => {
		const lines = [...written.values()].map((source) => source.trimEnd().split('\n').length).sort((a, b) => a - b);
		const at = (share: number) => lines[Math.floor(lines.length * share)] ?? 0;
		expect(at(0.5)).toBeLessThanOrEqual(110);
		expect(at(0.9)).toBeLessThanOrEqual(260);
		const functions = [...written].flatMap(([file, source]) => functionLengths(file, source));
		const long = functions.filter((found) => found.lines > 60);
		expect(long.length / functions.length, JSON.stringify(long)).toBeLessThan(0.02);
	});

	it('switches no test off', () => {
		const off = [...tests].filter(([, source]) =>
			/\b(?:it|test|describe|suite)\.(?:skip|only|todo|fails)\b/.test(source),
		);
		expect(off.map(([file]) => file)).toEqual([]);
	});

	it('names no place of one machine and no package registry', () => {
		const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
		const own = [ROOT, homedir()].filter((place) => place.length > 2).map((place) => `${place}/`);
		const traces: readonly { test(text: string): boolean }[] = [
			...own.map((place) => ({ test: (text: string) => text.includes(place), toString: () => place })),
			/\/work\/(?:main|shared|\.library)\b/,
			/"resolved":\s*"/,
			/registry\s*=\s*http/,
			/https?:\/\/(?:10|172|192)\.\d+\./,
		];
		const found = listed
			.toString()
			.split('\0')
			.filter((file) => file !== '' && existsSync(join(ROOT, file)))
			.flatMap((file) => {
				const text = readFileSync(join(ROOT, file), 'utf8');
				return traces.filter((trace) => trace.test(text)).map((trace) => `${file}: ${trace}`);
			});
		expect(found).toEqual([]);
	});
});
