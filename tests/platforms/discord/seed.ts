import { ChannelType } from 'discord-api-types/v10';
import { bitsOf } from './permissions.ts';
import { type Channel, type Guild, newChannel, type Role, type User, type World } from './world.ts';

const MEMBER = bitsOf(
	'ViewChannel',
	'SendMessages',
	'SendMessagesInThreads',
	'CreatePublicThreads',
	'EmbedLinks',
	'AttachFiles',
	'AddReactions',
	'ReadMessageHistory',
	'UseApplicationCommands',
);
const THREADS = bitsOf('CreatePublicThreads', 'CreatePrivateThreads', 'SendMessagesInThreads');

/** People and the language of their clients. */
const PEOPLE = { Ada: 'en-US', Ben: 'de', Cho: 'ja', Dov: 'fr' } as const;
export type PersonName = keyof typeof PEOPLE;

/** Who is in which server; the first owns it. */
const SERVERS = { Alpha: ['Ada', 'Ben', 'Cho'], Beta: ['Dov', 'Ada', 'Ben'] } as const;
export type ServerName = keyof typeof SERVERS;

/** What the bot may not do in a channel. Both servers have all of them, under the same names. */
const CHANNELS = {
	general: { type: ChannelType.GuildText, denied: 0n },
	/** Text without any right to threads. */
	'no-threads': { type: ChannelType.GuildText, denied: THREADS },
	'read-only': { type: ChannelType.GuildText, denied: bitsOf('SendMessages') },
	/** The bot does not see it. */
	hidden: { type: ChannelType.GuildText, denied: bitsOf('ViewChannel') },
	questions: { type: ChannelType.GuildForum, denied: 0n },
} as const;
export type ChannelName = keyof typeof CHANNELS;

function addPeople(world: World): Map<PersonName, User> {
	const people = new Map<PersonName, User>();
	for (const name of Object.keys(PEOPLE) as PersonName[]) {
		const user: User = {
			id: world.nextId(),
			username: name.toLowerCase(),
			displayName: name,
			bot: false,
			locale: PEOPLE[name],
		};
		world.users.set(user.id, user);
		people.set(name, user);
	}
	return people;
}

function addChannel(world: World, guild: Guild, name: ChannelName, role: Role): Channel {
	const { type, denied } = CHANNELS[name];
	const overwrites = denied === 0n ? [] : [{ id: role.id, type: 'role' as const, allow: 0n, deny: denied }];
	const channel = newChannel(world, { guildId: guild.id, type, name, overwrites });
	guild.channelIds.push(channel.id);
	return channel;
}

/** Two servers with the same channels: with two shards, Alpha is on shard 0 and Beta on shard 1. */
export function seed(world: World): ReadonlyMap<PersonName, User> {
	const people = addPeople(world);
	const since = Date.UTC(2025, 0, 1);
	for (const [at, name] of (Object.keys(SERVERS) as ServerName[]).entries()) {
		const id = world.nextId(since + at);
		const role = (roleId: string, roleName: string, position: number, permissions = 0n): Role => ({
			id: roleId,
			name: roleName,
			permissions,
			position,
			mentionable: roleName === 'Approvers',
		});
		const own = role(world.nextId(), 'MassGen', 2, MEMBER);
		const members = SERVERS[name].map((person) => people.get(person)).filter((user) => user !== undefined);
		const guild: Guild = {
			id,
			name,
			ownerId: members[0]?.id ?? '',
			roles: [role(id, '@everyone', 0, MEMBER), role(world.nextId(), 'Approvers', 1), own],
			members: [...members.map((user) => ({ user, roles: [] })), { user: world.bot, roles: [own.id] }],
			channelIds: [],
		};
		world.guilds.set(id, guild);
		for (const channel of Object.keys(CHANNELS) as ChannelName[]) addChannel(world, guild, channel, own);
	}
	return people;
}
