import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { temporaryFolders } from '../stores/folders.ts';

const newFolder = temporaryFolders();
const CHILD = new URL('./sealed-child.ts', import.meta.url).pathname;

describe('mem0 in a process of its own', () => {
	it('works without any network, reports to nobody, and writes nothing outside the data folder', async () => {
		const folder = newFolder();
		const [home, work, data] = [join(folder, 'home'), join(folder, 'work'), join(folder, 'data')];
		for (const one of [home, work]) await mkdir(one, { recursive: true });
		const child = spawn(process.execPath, [CHILD, data], {
			cwd: work,
			env: { PATH: process.env.PATH, HOME: home, OPENAI_API_KEY: 'canary-key' },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
		expect(errors).toBe('');
		expect(JSON.parse(out)).toEqual({
			found: ['We deploy on Fridays at noon', 'The office cat is called Minka', 'Anna prefers short answers in German'],
			embedders: Array.from({ length: 4 }, () => 'use-lite-en/512'),
			tried: [],
			problems: [],
		});
		expect(await readdir(home)).toEqual([]);
		expect(await readdir(work)).toEqual([]);
		expect(await readdir(data)).toEqual(['mem0']);
	}, 120_000);
});
