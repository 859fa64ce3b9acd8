import { isDeepStrictEqual } from 'node:util';
import type { REST } from 'discord.js';
import type { AppCommand } from './app-commands.ts';

export interface DeployOptions {
	rest: Pick<REST, 'get' | 'post' | 'delete'>;
	/** Id of the application. */
	application: string;
	/** The server whose commands they are; null: everywhere. */
	guild: string | null;
}

export interface Deployed {
	/** Commands that were registered anew or changed, by name. */
	written: readonly string[];
	/** Commands that are there no more, by name. */
	removed: readonly string[];
}

type Json = Record<string, unknown>;

/** Kinds of commands that are ours to remove: slash commands and entries in the menu of a message. */
const OURS: readonly unknown[] = [1, 3];
/** What Discord keeps about commands in a server is the server's own. */
const GLOBAL_ONLY = { contexts: [0, 1], integration_types: [0] } as const;

/**
 * Makes the application's commands these. What is registered as it is here is not written again, so a second time
 * writes nothing. A change shows at once in a server and within minutes everywhere. Rejects as the API does.
 */
export async function deployCommands(commands: readonly AppCommand[], options: DeployOptions): Promise<Deployed> {
	const { rest, application, guild } = options;
	const path = `/applications/${application}${guild === null ? '' : `/guilds/${guild}`}/commands` as const;
	const query = new URLSearchParams({ with_localizations: 'true' });
	const there = ((await rest.get(path, { query })) as Json[]).filter(({ type }) => OURS.includes(type));
	const wanted = commands.map((command): Json => ({ ...command, ...(guild === null ? GLOBAL_ONLY : {}) }));
	const changed = wanted.filter((command) => !there.some((other) => isSame(command, other)));
	const surplus = there.filter((other) => !wanted.some((command) => isNamesake(command, other)));
	for (const body of changed) await rest.post(path, { body });
	for (const { id } of surplus) await rest.delete(`${path}/${String(id)}`);
	return { written: changed.map(nameOf), removed: surplus.map(nameOf) };
}

const nameOf = ({ name }: Json): string => String(name);

const isNamesake = (a: Json, b: Json): boolean => a.name === b.name && a.type === b.type;

/** Whether Discord has the command as it is here; what it adds by itself does not count. */
const isSame = (command: Json, there: Json): boolean =>
	isNamesake(command, there) && isDeepStrictEqual(plain(command), plain(likeness(command, there)));

/** Of what is there, the parts that the command speaks of. */
function likeness(command: unknown, there: unknown): unknown {
	if (Array.isArray(command) && Array.isArray(there)) {
		return there.map((other, index) => (index in command ? likeness(command[index], other) : other));
	}
	if (!isJson(command) || !isJson(there)) return there;
	// Localizations that are not wanted any more must be seen.
	const keys = Object.keys(there).filter((key) => key in command || key in LEFT_OUT);
	return Object.fromEntries(
		keys.map((key) => [key, key.endsWith('_localizations') ? there[key] : likeness(command[key], there[key])]),
	);
}

/** Fields that, when the command does not have them, must not be there either. */
const LEFT_OUT = { options: 1, choices: 1, autocomplete: 1, required: 1, max_length: 1, min_length: 1 };

/** Without what says nothing: false, null, and what is empty. */
function plain(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(plain);
	if (!isJson(value)) return value;
	const entries = Object.entries(value).map(([key, inner]) => [key, plain(inner)] as const);
	return Object.fromEntries(entries.filter(([, inner]) => !isNothing(inner)));
}

const isNothing = (value: unknown) =>
	value === undefined ||
	value === null ||
	value === false ||
	(typeof value === 'object' && Object.keys(value).length === 0);

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
