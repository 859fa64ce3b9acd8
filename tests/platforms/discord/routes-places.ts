import { channelJson, guildJson, memberJson, roleJson, userJson } from './encode.ts';
import { sees } from './permissions.ts';
import type { Platform } from './platform.ts';
import { type Call, ok, type Route } from './route.ts';
import { refusal, textOf } from './wire.ts';
import { directChannel, type Guild, isThread } from './world.ts';

/** The bot itself, its application, its servers and the people in them. */
export function placeRoutes(platform: Platform, identifiesLeft: () => number): readonly Route[] {
	return [...ownRoutes(platform, identifiesLeft), ...guildRoutes(platform)];
}

function ownRoutes(platform: Platform, identifiesLeft: () => number): readonly Route[] {
	const { world, settings } = platform;
	const gateway = () => `${platform.origin().replace('http', 'ws')}/gateway`;
	return [
		{ name: 'GET /gateway', open: true, handle: () => ok({ url: gateway() }) },
		{
			name: 'GET /gateway/bot',
			handle: () =>
				ok({
					url: gateway(),
					shards: settings.shards,
					session_start_limit: {
						total: 1000,
						remaining: identifiesLeft(),
						reset_after: 86_400_000,
						max_concurrency: 16,
					},
				}),
		},
		{ name: 'GET /users/@me', handle: () => ok(userJson(world.bot)) },
		{
			name: 'GET /users/@me/guilds',
			handle: () =>
				ok(
					[...world.guilds.values()].map(({ id, name }) => ({
						id,
						name,
						icon: null,
						owner: false,
						permissions: '0',
						features: [],
					})),
				),
		},
		{
			name: 'POST /users/@me/channels',
			handle: ({ data }) => {
				if (!world.users.has(textOf(data.recipient_id))) throw refusal(10013);
				return ok(channelJson(world, directChannel(world, textOf(data.recipient_id))));
			},
		},
		{
			name: 'GET /users/:user',
			handle: ({ params }) => {
				const user = world.users.get(params.user ?? '');
				if (user === undefined) throw refusal(10013);
				return ok(userJson(user));
			},
		},
		{
			name: 'GET /applications/@me',
			handle: () =>
				ok({
					id: world.bot.id,
					name: world.bot.displayName,
					icon: null,
					description: '',
					bot_public: true,
					bot_require_code_grant: false,
					bot: userJson(world.bot),
					verify_key: '0'.repeat(64),
					flags: settings.applicationFlags,
					team: null,
					approximate_guild_count: world.guilds.size,
				}),
		},
	];
}

function guildRoutes({ world }: Platform): readonly Route[] {
	const on = (name: string, handle: (guild: Guild, call: Call) => unknown): Route => ({
		name,
		handle(call) {
			const guild = world.guilds.get(call.params.guild ?? '');
			if (!guild?.members.some(({ user }) => user.id === world.bot.id)) throw refusal(guild ? 50001 : 10004);
			return ok(handle(guild, call));
		},
	});
	const channelsOf = (guild: Guild) =>
		guild.channelIds.map((id) => world.channels.get(id)).filter((channel) => channel !== undefined);
	const memberOf = (guild: Guild, id: string | undefined) => {
		const member = guild.members.find(({ user }) => user.id === id);
		if (member === undefined) throw refusal(10007);
		return memberJson(member);
	};
	return [
		on('GET /guilds/:guild', (guild) => guildJson(guild)),
		on('GET /guilds/:guild/roles', (guild) => guild.roles.map(roleJson)),
		// The list of channels names also those that the bot does not see.
		on('GET /guilds/:guild/channels', (guild) =>
			channelsOf(guild)
				.filter((channel) => !isThread(channel))
				.map((channel) => channelJson(world, channel)),
		),
		on('GET /guilds/:guild/threads/active', (guild) => ({
			threads: channelsOf(guild)
				.filter((channel) => channel.thread && !channel.thread.archived && sees(world, world.bot.id, channel))
				.map((channel) => channelJson(world, channel)),
			members: [],
		})),
		on('GET /guilds/:guild/members/:user', (guild, { params }) => memberOf(guild, params.user)),
	];
}
