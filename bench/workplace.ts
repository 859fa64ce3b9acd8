import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelOf } from './peer-main.ts';
import type { Server } from './processes.ts';

/** A folder in which our program runs as a user's would, with a team of three at the fake provider. */
export interface Workplace {
	folder: string;
	/** Path of the configuration file. */
	config: string;
	dataDir: string;
	/** What the program gets to see of the environment: no key of this machine's user, no address. */
	env: NodeJS.ProcessEnv;
	remove(): Promise<void>;
}

export async function openWorkplace(server: Server): Promise<Workplace> {
	const folder = await mkdtemp(join(tmpdir(), 'massgen-bench-'));
	const config = join(folder, 'team.yaml');
	const dataDir = join(folder, 'data');
	const agents = [0, 1, 2].map((index) => {
		const backend = `{ type: chatcompletion, model: ${modelOf(index)}, base_url: "${server.url}/v1" }`;
		return `  - id: a${index + 1}\n    backend: ${backend}\n`;
	});
	await writeFile(config, `agents:\n${agents.join('')}`);
	const { PATH, HOME } = process.env;
	return {
		folder,
		config,
		dataDir,
		env: { PATH, HOME, OPENAI_API_KEY: 'sk-bench', DATA_DIR: dataDir, PORT: '0' },
		remove: () => rm(folder, { recursive: true, force: true }),
	};
}
