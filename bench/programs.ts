import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Something that does the job. */
export interface Program {
	name: string;
	/** The file, and the arguments that choose its variant. */
	command: readonly string[];
}

const own = (file: string) => new URL(`./${file}`, import.meta.url).pathname;

export const floor: Program = { name: 'floor (node:http)', command: [own('peer-floor.ts')] };
export const openai: Program = { name: 'openai SDK, hand-rolled', command: [own('peer-openai.ts')] };
export const inMemory: Program = {
	name: 'MassGen Chat, journal in memory',
	command: [own('peer-massgen.ts'), '--variant', 'memory'],
};
export const onDisk: Program = {
	name: 'MassGen Chat, journal in sqlite',
	command: [own('peer-massgen.ts'), '--variant', 'sqlite'],
};

/**
 * Programs over other frameworks, from a folder with one folder `NAME/peer.mjs` each (`BENCH_PEERS`). One whose
 * packages are not installed is left out.
 */
export function otherPrograms(folder: string | undefined): Program[] {
	if (folder === undefined) return [];
	return readdirSync(resolve(folder))
		.map((name) => ({ name, home: join(resolve(folder), name) }))
		.filter(({ name, home }) => name !== 'openai' && existsSync(join(home, 'peer.mjs')) && isInstalled(home))
		.map(({ name, home }) => ({ name, command: [join(home, 'peer.mjs')] }));
}

const isInstalled = (home: string) => !existsSync(join(home, 'package.json')) || existsSync(join(home, 'node_modules'));
