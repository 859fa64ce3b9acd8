import { ApplicationCommandOptionType as Option } from 'discord-api-types/v10';
import type { Upload } from './check-message.ts';
import { attachmentJson, channelJson, memberJson, roleJson, userJson } from './encode.ts';
import { storeFile } from './messages.ts';
import type { Platform } from './platform.ts';
import { type Data, dataOf, listOf, textOf } from './wire.ts';
import type { Channel } from './world.ts';

/** A file on a person's machine. */
export interface GivenFile {
	name: string;
	contentType: string;
	bytes: Buffer;
}

/** What a person types into an option: text, a number, a choice, a file; users, roles and channels by their id. */
export type OptionValue = string | number | boolean | GivenFile;

export const uploadOf = ({ name, contentType, bytes }: GivenFile, key = '0'): Upload => ({
	key,
	filename: name,
	contentType,
	bytes,
});

interface Filled {
	options: Data[];
	resolved: Record<string, Record<string, Data>>;
}

const GROUPS: readonly number[] = [Option.Subcommand, Option.SubcommandGroup];

/**
 * The options of an interaction as the client of a person sends them. Throws what the client would not let the person
 * do: leave out a required option, go beyond a bound, type something that is no choice.
 */
export function fillOptions(
	platform: Platform,
	channel: Channel,
	command: Data,
	path: readonly string[],
	values: Readonly<Record<string, OptionValue>>,
	focused: string | null = null,
): Filled {
	const [next, ...rest] = path;
	if (next !== undefined) {
		const inner = listOf(command.options)
			.map(dataOf)
			.find(({ name, type }) => name === next && GROUPS.includes(Number(type)));
		if (inner === undefined) throw new Error(`there is no sub-command ${next}`);
		const filled = fillOptions(platform, channel, inner, rest, values, focused);
		return { ...filled, options: [{ type: inner.type, name: next, options: filled.options }] };
	}
	const known = listOf(command.options).map(dataOf);
	if (known.some(({ type }) => GROUPS.includes(Number(type)))) throw new Error('a sub-command has to be named');
	const filled: Filled = { options: [], resolved: {} };
	for (const [name, value] of Object.entries(values)) {
		const option = known.find((one) => one.name === name);
		if (option === undefined) throw new Error(`there is no option ${name}`);
		const isFocused = name === focused;
		if (!isFocused) requireBounds(option, value);
		const sent = typeof value === 'object' ? attach(platform, channel, value, filled) : value;
		resolve(platform, channel, option, sent, filled);
		filled.options.push({ type: option.type, name, value: sent, ...(isFocused ? { focused: true } : {}) });
	}
	const missing = known.find(({ name, required }) => required === true && !(textOf(name) in values));
	if (missing && focused === null) throw new Error(`the option ${textOf(missing.name)} is required`);
	return filled;
}

function requireBounds(option: Data, value: OptionValue): void {
	const name = textOf(option.name);
	const { min_length: shortest = 0, max_length: longest = 6000, min_value: least, max_value: most } = option;
	if (
		typeof value === 'string' &&
		option.type === Option.String &&
		(value.length < Number(shortest) || value.length > Number(longest))
	)
		throw new Error(`the option ${name} must have ${String(shortest)} to ${String(longest)} characters`);
	if (typeof value === 'number' && (value < Number(least ?? -Infinity) || value > Number(most ?? Infinity)))
		throw new Error(`the option ${name} must be from ${String(least)} to ${String(most)}`);
	const choices = listOf(option.choices).map((choice) => dataOf(choice).value);
	if (choices.length > 0 && !choices.includes(value))
		throw new Error(`the option ${name} has no choice ${String(value)}`);
}

function attach(platform: Platform, channel: Channel, file: GivenFile, filled: Filled): string {
	const attachment = storeFile(platform, channel, uploadOf(file), { ephemeral: true });
	filled.resolved.attachments = { ...filled.resolved.attachments, [attachment.id]: attachmentJson(attachment) };
	return attachment.id;
}

function resolve({ world }: Platform, channel: Channel, option: Data, value: unknown, { resolved }: Filled): void {
	const id = String(value);
	const guild = world.guilds.get(channel.guildId ?? '');
	const add = (kind: string, json: Data) => {
		resolved[kind] = { ...resolved[kind], [id]: json };
	};
	const user = world.users.get(id);
	const member = guild?.members.find((one) => one.user.id === id);
	const role = guild?.roles.find((one) => one.id === id);
	const named = world.channels.get(id);
	if (option.type === Option.User && user) add('users', userJson(user));
	if (option.type === Option.User && member) add('members', { ...memberJson(member), permissions: '0' });
	if (option.type === Option.Role && role) add('roles', roleJson(role));
	if (option.type === Option.Channel && named) add('channels', { ...channelJson(world, named), permissions: '0' });
}
