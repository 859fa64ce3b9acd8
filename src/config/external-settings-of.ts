import { access } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import type { ExternalSettings } from '../core/external-settings.ts';
import { externalTypes } from './external-types.ts';
import type { Environment } from './prepare.ts';
import type { Problem } from './problem.ts';
import type { ExternalConfig } from './team-schema.ts';

export interface ExternalContext {
	/** Id of the agent, or name of the tool. */
	id: string;
	/** The file that names the module. */
	file: string;
	cwd: string;
	env: Environment;
	/** Whether a package can be imported. */
	isInstalled(name: string): boolean;
	/** Makes a problem that points at the agent. */
	report(message: string): Problem;
}

/** An agent of another system from its checked configuration; `onUse`: what is wrong only when the team is used. */
export async function externalSettingsOf(
	type: ExternalSettings['type'],
	config: ExternalConfig,
	{ id, file, cwd, env, isInstalled, report }: ExternalContext,
): Promise<{ settings: ExternalSettings; onUse: Problem[] }> {
	const onUse: Problem[] = [];
	const needed = externalTypes[type].package;
	if (needed !== null && !isInstalled(needed)) {
		onUse.push(report(`the agent ${id} (${type}) needs the package ${needed}; run \`npm install ${needed}\``));
	}
	for (const name of config.needs ?? []) {
		if (env[name]) continue;
		onUse.push(report(`the agent ${id} (${type}) needs a variable; set the environment variable ${name}`));
	}
	const module = resolve(dirname(file), config.module ?? '');
	const isThere = await access(module).then(
		() => true,
		() => false,
	);
	if (!isThere) {
		const place = relative(cwd, module);
		onUse.push(report(`the agent ${id} (${type}) has no module; write the file ${place}, or correct the path`));
	}
	const settings: ExternalSettings = {
		...{ type, module, export: config.export ?? 'agent' },
		ownTools: config.own_tools ?? null,
		model: config.priced_as ?? null,
	};
	return { settings, onUse };
}

/** Whether a package is where this program finds its own. */
export function isInstalled(name: string): boolean {
	try {
		return findPackageJSON(name, import.meta.url) !== undefined;
	} catch {
		return false;
	}
}
