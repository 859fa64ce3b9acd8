import { ApplicationCommandType as Kind } from 'discord-api-types/v10';
import { checkCommand } from './check-commands.ts';
import { createForm } from './form.ts';
import { type Call, NO_CONTENT, ok, type Reply, type Route } from './route.ts';
import { type Data, dataOf, isData, listOf, numberOf, refusal, textOf } from './wire.ts';
import type { World } from './world.ts';

/** Commands by kind that an application may have in one scope, and creations a day and server. */
const MAX_BY_KIND: Readonly<Record<number, number>> = { 1: 100, 2: 15, 3: 15 };
const MAX_CREATES = 200;
const GLOBAL = 'global';

export interface Commands {
	readonly routes: readonly Route[];
	/** What a person finds in a server (or, with null, in a DM): the server's own commands and the global ones. */
	visibleIn(guildId: string | null): readonly Data[];
	/** The registered commands of one scope; `null` for the global ones. */
	of(guildId: string | null): readonly Data[];
	/** How many commands were created, changed or removed since the beginning; an unchanged PUT counts its commands. */
	writes(): number;
}

export function createCommands(world: World): Commands {
	const scopes = new Map<string, Data[]>();
	const created = new Map<string, number>();
	let writes = 0;
	const listed = (scope: string) => scopes.get(scope) ?? [];
	const scopeOf = ({ params }: Call) => {
		if (params.application !== world.bot.id) throw refusal(10063);
		if (params.guild !== undefined && !world.guilds.has(params.guild)) throw refusal(50001);
		return params.guild ?? GLOBAL;
	};

	const same = (a: Data, b: Data) => a.name === b.name && (numberOf(a.type) || 1) === (numberOf(b.type) || 1);

	function build(scope: string, given: Data, before: Data | undefined): Data {
		writes += 1;
		if (before === undefined) {
			const count = (created.get(scope) ?? 0) + 1;
			if (count > MAX_CREATES) throw refusal(30034);
			created.set(scope, count);
		}
		return commandJson(world, scope, given, before);
	}

	function store(scope: string, commands: Data[]): void {
		for (const [kind, most] of Object.entries(MAX_BY_KIND))
			if (commands.filter(({ type }) => type === Number(kind)).length > most) throw refusal(30032);
		scopes.set(scope, commands);
	}

	function create(call: Call): Reply {
		const scope = scopeOf(call);
		checkCommand(call.data);
		const before = listed(scope).find((command) => same(command, call.data));
		const command = build(scope, call.data, before);
		store(scope, [...listed(scope).filter((other) => other !== before), command]);
		return { status: before ? 200 : 201, json: command };
	}

	function overwrite(call: Call): Reply {
		const scope = scopeOf(call);
		const given = listOf(call.body).map(dataOf);
		for (const [at, command] of given.entries()) checkCommand(command, [at]);
		refuseDoubles(given, same);
		const next = given.map((command) =>
			build(
				scope,
				command,
				listed(scope).find((other) => same(other, command)),
			),
		);
		store(scope, next);
		return ok(next);
	}

	const found = (call: Call) => {
		const command = listed(scopeOf(call)).find(({ id }) => id === call.params.command);
		if (command === undefined) throw refusal(10063);
		return command;
	};

	function change(call: Call): Reply {
		const scope = scopeOf(call);
		const before = found(call);
		const merged = { ...before, ...call.data };
		checkCommand(merged);
		const command = build(scope, merged, before);
		store(
			scope,
			listed(scope).map((other) => (other === before ? command : other)),
		);
		return ok(command);
	}

	function remove(call: Call): Reply {
		const command = found(call);
		writes += 1;
		scopes.set(
			scopeOf(call),
			listed(scopeOf(call)).filter((other) => other !== command),
		);
		return NO_CONTENT;
	}

	const routes = ['/applications/:application', '/applications/:application/guilds/:guild'].flatMap((path): Route[] => [
		{
			name: `GET ${path}/commands`,
			handle: (call) => ok(listed(scopeOf(call)).map((command) => shown(command, call))),
		},
		{ name: `POST ${path}/commands`, handle: create },
		{ name: `PUT ${path}/commands`, handle: overwrite },
		{ name: `GET ${path}/commands/:command`, handle: (call) => ok(found(call)) },
		{ name: `PATCH ${path}/commands/:command`, handle: change },
		{ name: `DELETE ${path}/commands/:command`, handle: remove },
	]);
	const of = (guildId: string | null) => listed(guildId ?? GLOBAL);
	return {
		routes,
		of,
		visibleIn: (guildId) => (guildId === null ? of(null) : [...of(guildId), ...of(null)]),
		writes: () => writes,
	};
}

function refuseDoubles(given: readonly Data[], same: (a: Data, b: Data) => boolean): void {
	const form = createForm();
	for (const [at, command] of given.entries()) {
		if (given.findIndex((other) => same(command, other)) < at)
			form.fault([at, 'name'], 'APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique');
	}
	form.check();
}

function commandJson(world: World, scope: string, given: Data, before: Data | undefined): Data {
	const type = numberOf(given.type) || Kind.ChatInput;
	const isGlobal = scope === GLOBAL;
	return {
		id: before?.id ?? world.nextId(),
		application_id: world.bot.id,
		version: world.nextId(),
		default_member_permissions: given.default_member_permissions ?? null,
		type,
		name: given.name,
		name_localizations: given.name_localizations ?? null,
		description: type === Kind.ChatInput ? given.description : '',
		description_localizations: given.description_localizations ?? null,
		...(isGlobal ? { dm_permission: given.dm_permission ?? true } : { guild_id: scope }),
		contexts: given.contexts ?? null,
		integration_types: given.integration_types ?? [0],
		nsfw: given.nsfw ?? false,
		...(type === Kind.ChatInput && listOf(given.options).length > 0
			? { options: listOf(given.options).map(optionJson) }
			: {}),
	};
}

/** Discord leaves out what is false and names what is not localized. */
function optionJson(given: unknown): Data {
	const { required, autocomplete, options, choices, ...option } = dataOf(given);
	return {
		name_localizations: null,
		description_localizations: null,
		...option,
		...(required === true ? { required } : {}),
		...(autocomplete === true ? { autocomplete } : {}),
		...(listOf(choices).length > 0
			? { choices: listOf(choices).map((choice) => ({ name_localizations: null, ...dataOf(choice) })) }
			: {}),
		...(Array.isArray(options) ? { options: options.map(optionJson) } : {}),
	};
}

/** A command as listed: with its localizations only when they were asked for. */
function shown(command: Data, { query }: Call): Data {
	if (query.get('with_localizations') === 'true') return command;
	const bare = (value: unknown): unknown => {
		if (Array.isArray(value)) return value.map(bare);
		if (!isData(value)) return value;
		const kept = Object.entries(value).filter(([key]) => !key.endsWith('_localizations'));
		return Object.fromEntries(kept.map(([key, inner]) => [key, bare(inner)]));
	};
	return dataOf(bare(command));
}

/** The option of a command at a path of names, through its sub-commands. */
export function optionAt(command: Data, names: readonly string[]): Data | null {
	let holder: Data | null = command;
	for (const name of names) {
		const next: unknown = listOf(holder?.options).find((option) => textOf(dataOf(option).name) === name);
		holder = isData(next) ? next : null;
	}
	return holder;
}
