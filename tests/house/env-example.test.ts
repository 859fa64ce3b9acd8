import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allSettings } from '../../src/config/setting.ts';
import { ROOT, sourceFiles } from './source-files.ts';

const LINE = /^# ([A-Z][A-Z0-9_]*)=(.*)$/;
const lines = readFileSync(join(ROOT, '.env.example'), 'utf8').split('\n');
const shown = lines.flatMap((line): [string, string][] => {
	const [, name, value] = LINE.exec(line) ?? [];
	return name === undefined || value === undefined ? [] : [[name, value]];
});

describe('.env.example', () => {
	it('names every variable of the configuration, once, and no other', () => {
		const names = shown.map(([name]) => name);
		expect(names.toSorted()).toEqual(
			allSettings()
				.flatMap((setting) => setting.env)
				.toSorted(),
		);
	});

	it('names every variable that the source reads, but for those of the terminal and of Node', () => {
		const ours = new Set([
			...allSettings().flatMap((setting) => setting.env),
			'NO_COLOR',
			'TERM',
			'PATH',
			'USER',
			'DEBUG',
		]);
		const read = [...sourceFiles(['src', 'commands']).values()].flatMap((source) =>
			[...source.matchAll(/\benv\.([A-Z][A-Z0-9_]+)/g)].map(([, name]) => name ?? ''),
		);
		expect(read.length).toBeGreaterThan(0);
		expect(read.filter((name) => !ours.has(name))).toEqual([]);
	});

	it('sets nothing by itself', () => {
		expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
	});

	it('shows a default that is a value, and no value otherwise', () => {
		const values = new Map(shown);
		for (const setting of allSettings()) {
			const value = /\s/.test(setting.default) || setting.default === 'none' ? '' : setting.default;
			for (const name of setting.env) expect(values.get(name), name).toBe(value);
		}
	});

	it('explains the settings of the program in their own words', () => {
		for (const setting of allSettings().filter(({ flag }) => flag !== null))
			expect(lines).toContain(`# ${setting.help}`);
	});
});
