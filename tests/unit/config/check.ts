import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type CheckedConfig, checkConfig, type LoadedConfig } from '../../../src/config/check-config.ts';
import type { Environment } from '../../../src/config/prepare.ts';
import { formatProblem } from '../../../src/config/problem.ts';
import type { ConfigFlags } from '../../../src/config/settings-of.ts';

export interface Given {
	env?: Environment;
	flags?: ConfigFlags;
	file?: string | null;
}

/** A folder with these files, gone when the test is. */
export async function folderOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'massgen-config-'));
	onTestFinished(() => rm(folder, { recursive: true, force: true }));
	for (const [name, content] of Object.entries(files)) {
		await mkdir(dirname(join(folder, name)), { recursive: true });
		await writeFile(join(folder, name), content);
	}
	return folder;
}

/** Checks a configuration made of these files; the main one is `team.yaml` unless `file` says otherwise. */
export async function checkFiles(
	files: Readonly<Record<string, string | Uint8Array>>,
	{ env = {}, flags = {}, file = 'team.yaml' }: Given = {},
): Promise<CheckedConfig> {
	return checkConfig({ file, flags, env, cwd: await folderOf(files) });
}

export const check = (yaml: string | Uint8Array, given?: Given) => checkFiles({ 'team.yaml': yaml }, given);

export async function errorsOf(yaml: string | Uint8Array, given?: Given): Promise<string[]> {
	return (await check(yaml, given)).errors.map(formatProblem);
}

export async function warningsOf(yaml: string, given?: Given): Promise<string[]> {
	return (await check(yaml, given)).warnings.map(formatProblem);
}

/** The configuration, or a failure that names its errors. */
export async function loaded(yaml: string, given?: Given): Promise<LoadedConfig> {
	return mustLoad(await check(yaml, given));
}

export function mustLoad({ config, errors }: CheckedConfig): LoadedConfig {
	if (config === null) throw new Error(errors.map(formatProblem).join('\n'));
	return config;
}

export function teamOf(config: LoadedConfig, name = 'team') {
	const team = config.teams.get(name);
	if (team === undefined) throw new Error(`no team ${name}: ${[...config.teams.keys()]}`);
	return team;
}

/** The settings of the agent `a` of the file's own team, whose backend has these lines. */
export async function backendOf(lines: string, given?: Given) {
	return agentOf(await loaded(`agent:\n  id: a\n  backend: ${lines}\n`, given));
}

export function agentOf(config: LoadedConfig, team = 'team', id = 'a') {
	const agent = teamOf(config, team).agents.get(id);
	if (agent === undefined) throw new Error(`no agent ${id}`);
	return agent.backend;
}

export const TWO = `agents:
  - id: a
    backend: {type: openai, model: gpt-5}
  - id: b
    backend: {type: claude, model: claude-sonnet-5}
`;
