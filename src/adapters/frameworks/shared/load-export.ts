import { pathToFileURL } from 'node:url';
import { BotError, messageOf } from '../../../core/errors.ts';
import type { ModuleSettings } from '../../../core/external-settings.ts';

/**
 * What the user's module exports under the configured name; a function that is no agent itself is called and gives
 * it. `isAgent` tells what is looked for, `kind` names it for people. Throws `config_invalid`.
 */
export async function loadExport<Agent>(
	{ module, export: name }: ModuleSettings,
	kind: string,
	isAgent: (value: unknown) => value is Agent,
): Promise<Agent> {
	const found = await exportOf(module, name);
	const given: unknown = typeof found === 'function' && !isAgent(found) ? await made(found, module, name) : found;
	if (isAgent(given)) return given;
	const what = given === undefined ? `has no export ${name}` : `exports ${name}, which is not ${kind}`;
	throw new BotError('config_invalid', `The module ${module} ${what}. Export one, or name it with \`export\`.`);
}

async function exportOf(module: string, name: string): Promise<unknown> {
	try {
		const loaded: Record<string, unknown> = await import(pathToFileURL(module).href);
		return loaded[name];
	} catch (thrown) {
		throw new BotError('config_invalid', `The module ${module} cannot be loaded: ${messageOf(thrown)}`, {
			cause: thrown,
		});
	}
}

async function made(make: unknown, module: string, name: string): Promise<unknown> {
	try {
		return typeof make === 'function' ? await make() : undefined;
	} catch (thrown) {
		throw new BotError('config_invalid', `The function ${name} of ${module} failed: ${messageOf(thrown)}`, {
			cause: thrown,
		});
	}
}
