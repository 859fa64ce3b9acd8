import { access } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { basename, delimiter, dirname, join, relative, resolve } from 'node:path';
import type { ExternalSettings, ProgramSettings } from '../core/external-settings.ts';
import { acpPresets } from './acp-presets.ts';
import { externalTypes } from './external-types.ts';
import type { Environment } from './prepare.ts';
import type { Problem } from './problem.ts';
import type { ExternalConfig } from './team-schema.ts';

export interface ExternalContext {
	/** Id of the agent, or name of the tool. */
	id: string;
	/** The file that names the agent. */
	file: string;
	cwd: string;
	env: Environment;
	/** Whether a package can be imported. */
	isInstalled(name: string): boolean;
	/** Makes a problem that points at the agent. */
	report(message: string): Problem;
}

type Type = ExternalSettings['type'];

/** An agent of another system from its checked configuration; `onUse`: what is wrong only when the team is used. */
export async function externalSettingsOf(
	type: Type,
	config: ExternalConfig,
	{ id, file, cwd, env, isInstalled, report }: ExternalContext,
): Promise<{ settings: ExternalSettings; onUse: Problem[] }> {
	const settings = settingsOf(type, config, dirname(file), env);
	const wrong: string[] = [];
	const needed = externalTypes[type].package;
	if (needed !== null && !isInstalled(needed)) wrong.push(`needs the package ${needed}; run \`npm install ${needed}\``);
	for (const name of config.needs ?? []) {
		if (!env[name]) wrong.push(`needs a variable; set the environment variable ${name}`);
	}
	if ('module' in settings && !(await isFile(settings.module))) {
		wrong.push(`has no module; write the file ${relative(cwd, settings.module)}, or correct the path`);
	}
	if ('program' in settings && settings.program.sandbox === null) {
		const [program = ''] = settings.program.command;
		if (!(await isProgram(program, settings.program.cwd, env.PATH ?? ''))) {
			wrong.push(`needs the program ${program}; install it, or correct \`${commandKey(type)}\``);
		}
	}
	return { settings, onUse: wrong.map((message) => report(`the agent ${id} (${type}) ${message}`)) };
}

function settingsOf(type: Type, config: ExternalConfig, folder: string, env: Environment): ExternalSettings {
	const common = { ownTools: config.own_tools ?? null, model: config.priced_as ?? null };
	switch (type) {
		case 'command':
		case 'acp': {
			const program = programOf(config, folder, env);
			const label = config.preset ?? basename(program.command[0] ?? '');
			const asks = config.preset === undefined ? null : 'gated';
			return { type, label, program, ...common, ownTools: common.ownTools ?? asks };
		}
		case 'python':
		case 'ag2':
		case 'crewai': {
			const program = { ...programOf(config, folder, env), command: [config.python ?? 'python3'] };
			const name = config.export ?? (type === 'python' ? 'reply' : 'agent');
			return { type, module: resolve(folder, config.module ?? ''), export: name, program, ...common };
		}
		case 'http':
		case 'a2a': {
			const { allow_localhost: allowLoopback = false, allow_private_ips: allowPrivate = false } = config.security ?? {};
			return { type, url: config.url ?? '', headers: config.headers ?? {}, allowLoopback, allowPrivate, ...common };
		}
		default:
			return { type, module: resolve(folder, config.module ?? ''), export: config.export ?? 'agent', ...common };
	}
}

/** It is given the variables that it needs, and those that are written down. */
function programOf(config: ExternalConfig, cwd: string, environment: Environment): ProgramSettings {
	const { preset, command, args = [], env = {}, needs = [], sandbox } = config;
	const needed = needs.map((name): [string, string] => [name, environment[name] ?? '']);
	const written = Object.entries(env).map(([name, value]): [string, string] => [name, String(value)]);
	const given = command === undefined ? [] : [command, ...args.map(String)];
	return {
		command: preset === undefined ? given : [...acpPresets[preset], ...args.map(String)],
		env: Object.fromEntries([...needed, ...written]),
		cwd,
		sandbox: sandbox === undefined ? null : { image: sandbox.image ?? null, egress: sandbox.egress ?? [] },
	};
}

const commandKey = (type: Type) => (type === 'command' || type === 'acp' ? 'command' : 'python');

const isFile = (path: string) =>
	access(path).then(
		() => true,
		() => false,
	);

/** As the system looks for it: by path from its folder, or by name in `path`. */
async function isProgram(program: string, folder: string, path: string): Promise<boolean> {
	if (program.includes('/')) return isFile(resolve(folder, program));
	const places = path.split(delimiter).filter((place) => place !== '');
	return (await Promise.all(places.map((place) => isFile(join(place, program))))).includes(true);
}

/** Whether a package is where this program finds its own. */
export function isInstalled(name: string): boolean {
	try {
		return findPackageJSON(name, import.meta.url) !== undefined;
	} catch {
		return false;
	}
}
