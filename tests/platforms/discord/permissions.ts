import { ChannelType, PermissionFlagsBits } from 'discord-api-types/v10';
import { refusal } from './wire.ts';
import { type Channel, isThread, type World } from './world.ts';

export type Permission = keyof typeof PermissionFlagsBits;

export const bitsOf = (...names: readonly Permission[]): bigint =>
	names.reduce((bits, name) => bits | PermissionFlagsBits[name], 0n);

const ALL = Object.values(PermissionFlagsBits).reduce((bits, bit) => bits | bit, 0n);

/** What a member may do in the whole server, or in one channel of it; a thread has the overwrites of its parent. */
export function permissionsOf(world: World, guildId: string, userId: string, channel: Channel | null): bigint {
	const guild = world.guilds.get(guildId);
	const member = guild?.members.find(({ user }) => user.id === userId);
	if (guild === undefined || member === undefined) return 0n;
	if (guild.ownerId === userId) return ALL;
	let bits = guild.roles
		.filter((role) => role.id === guild.id || member.roles.includes(role.id))
		.reduce((sum, role) => sum | role.permissions, 0n);
	if (bits & PermissionFlagsBits.Administrator) return ALL;
	const holder = channel && isThread(channel) ? world.channels.get(channel.parentId ?? '') : channel;
	const overwrites = holder?.overwrites ?? [];
	const apply = (chosen: typeof overwrites) => {
		const deny = chosen.reduce((sum, overwrite) => sum | overwrite.deny, 0n);
		const allow = chosen.reduce((sum, overwrite) => sum | overwrite.allow, 0n);
		bits = (bits & ~deny) | allow;
	};
	apply(overwrites.filter(({ id }) => id === guild.id));
	apply(overwrites.filter(({ id, type }) => type === 'role' && id !== guild.id && member.roles.includes(id)));
	apply(overwrites.filter(({ id, type }) => type === 'member' && id === userId));
	return bits;
}

export function may(world: World, userId: string, channel: Channel, ...names: readonly Permission[]): boolean {
	if (channel.guildId === null) return userId === world.bot.id || userId === channel.recipientId;
	const wanted = bitsOf(...names);
	return (permissionsOf(world, channel.guildId, userId, channel) & wanted) === wanted;
}

/** Whether the user sees the channel at all: a private thread is seen by who was added to it. */
export function sees(world: World, userId: string, channel: Channel): boolean {
	if (!may(world, userId, channel, 'ViewChannel')) return false;
	const isPrivate = channel.type === ChannelType.PrivateThread;
	return !isPrivate || channel.thread?.members.has(userId) === true || may(world, userId, channel, 'ManageThreads');
}

/** Throws 50001 where the bot does not see the channel and 50013 where it lacks one of the permissions. */
export function requireOfBot(world: World, channel: Channel, ...names: readonly Permission[]): void {
	if (!sees(world, world.bot.id, channel)) throw refusal(50001);
	if (!may(world, world.bot.id, channel, ...names)) throw refusal(50013);
}
