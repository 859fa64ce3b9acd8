import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Workplace } from './workplace.ts';

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

export const ourMain = own('../src/main.ts');
/** `npm start` with the team of a workplace. */
export const pageOf = ({ config }: Workplace) => [ourMain, 'start', '--config', config];
/** Fills the data folder of a workplace with so many runs. */
export const seedOf = ({ config }: Workplace, runs: number) => [own('seed-history.ts'), config, '0', String(runs)];
export const pageFloor = [own('page-floor.ts')];

export interface OtherProgram {
	program: Program;
	/** False: the packages it needs are not there. */
	isInstalled: boolean;
}

/** Programs over other frameworks, from a folder with one folder `NAME/peer.mjs` each (`BENCH_PEERS`). */
export function otherPrograms(folder: string | undefined): OtherProgram[] {
	if (folder === undefined) return [];
	return readdirSync(resolve(folder))
		.map((name) => ({ name, home: join(resolve(folder), name) }))
		.filter(({ name, home }) => name !== 'openai' && existsSync(join(home, 'peer.mjs')))
		.map(({ name, home }) => ({
			program: { name, command: [join(home, 'peer.mjs')] },
			isInstalled: !existsSync(join(home, 'package.json')) || existsSync(join(home, 'node_modules')),
		}));
}
