import { InteractionResponseType as Response, InteractionType as Type } from 'discord-api-types/v10';
import { callingMemberJson, channelJson, messageJson, userJson } from './encode.ts';
import { permissionsOf } from './permissions.ts';
import { nameOf, type Platform } from './platform.ts';
import type { Data } from './wire.ts';
import type { Channel, Message } from './world.ts';

/** Milliseconds in which an interaction must be answered, and in which its token may be used. */
export const ANSWER_MS = 3000;
const TOKEN_MS = 15 * 60_000;

export interface Interaction {
	readonly id: string;
	readonly token: string;
	readonly type: Type;
	readonly userId: string;
	readonly channel: Channel;
	readonly at: number;
	/** What it is called in messages to a tester: `/massgen ask`, `button "Stop"`. */
	readonly title: string;
	/** The message whose component was used, also through the modal that it opened. */
	readonly message: Message | null;
	/** The type of the focused option of an autocompletion. */
	readonly optionType: number;
	response: Response | null;
	/** Whether the bot never heard that its answer was taken. */
	lost: boolean;
	expired: boolean;
	ephemeral: boolean;
	originalId: string | null;
	followUps: Message[];
	modal: Data | null;
	choices: readonly Data[];
	/** Settled when it has been answered, or when the person was told that it was not. */
	readonly settled: Promise<void>;
	settle(): void;
}

export interface Asked {
	type: Type;
	userId: string;
	channel: Channel;
	title: string;
	data: Data;
	message?: Message | null;
	optionType?: number;
	locale: string;
	/** Delivers the event again, with the same id. */
	twice?: boolean;
}

export interface Interactions {
	open(asked: Asked): Interaction;
	/** The interaction of an id and its token, or null. */
	find(id: string, token: string): Interaction | null;
	byToken(token: string): Interaction | null;
	isAlive(interaction: Interaction): boolean;
}

export function createInteractions(platform: Platform): Interactions {
	const known = new Map<string, Interaction>();
	const { world } = platform;

	function watch(interaction: Interaction): void {
		const cancel = world.clock.after(ANSWER_MS, () => {
			if (interaction.response !== null) return;
			interaction.expired = true;
			platform.violation(
				'unacknowledged',
				`${interaction.title} in ${nameOf(interaction.channel)} had no answer in 3 s`,
			);
			interaction.settle();
			platform.changed();
		});
		void interaction.settled.then(cancel);
	}

	return {
		open(asked) {
			const settled = Promise.withResolvers<void>();
			const interaction: Interaction = {
				id: world.nextId(),
				token: `token-${world.nextId()}`,
				type: asked.type,
				userId: asked.userId,
				channel: asked.channel,
				at: world.clock.now(),
				title: asked.title,
				message: asked.message ?? null,
				optionType: asked.optionType ?? 0,
				response: null,
				lost: false,
				expired: false,
				ephemeral: false,
				originalId: null,
				followUps: [],
				modal: null,
				choices: [],
				settled: settled.promise,
				settle: settled.resolve,
			};
			known.set(interaction.token, interaction);
			watch(interaction);
			const event = { type: 'INTERACTION_CREATE', data: interactionJson(platform, interaction, asked), intents: 0 };
			for (const _ of asked.twice ? [1, 2] : [1]) platform.dispatch({ ...event, guildId: asked.channel.guildId });
			return interaction;
		},
		find(id, token) {
			const interaction = known.get(token);
			return interaction?.id === id ? interaction : null;
		},
		byToken: (token) => known.get(token) ?? null,
		isAlive: ({ at }) => world.clock.now() - at < TOKEN_MS,
	};
}

function interactionJson({ world, settings }: Platform, interaction: Interaction, asked: Asked): Data {
	const { channel, userId, message } = interaction;
	const guild = world.guilds.get(channel.guildId ?? '');
	const user = world.users.get(userId);
	const member = guild?.members.find((one) => one.user.id === userId);
	if (user === undefined) throw new Error(`nobody has the id ${userId}`);
	const caller =
		member && guild
			? {
					guild_id: guild.id,
					guild: { id: guild.id, locale: 'en-US', features: [] },
					guild_locale: 'en-US',
					member: callingMemberJson(world, member, channel),
				}
			: { user: userJson(user) };
	return {
		id: interaction.id,
		application_id: world.bot.id,
		type: asked.type,
		token: interaction.token,
		version: 1,
		channel_id: channel.id,
		channel: channelJson(world, channel),
		locale: asked.locale,
		app_permissions: String(guild ? permissionsOf(world, guild.id, world.bot.id, channel) : 0n),
		entitlements: [],
		authorizing_integration_owners: { 0: guild?.id ?? '0' },
		context: guild ? 0 : 1,
		attachment_size_limit: settings.maxFileBytes,
		data: asked.data,
		...(message ? { message: messageJson(world, message) } : {}),
		...caller,
	};
}

/** The kinds of answer that an interaction takes. */
export function answersTo({ type, message }: Interaction): readonly Response[] {
	const reply = [Response.ChannelMessageWithSource, Response.DeferredChannelMessageWithSource];
	const update = [Response.DeferredMessageUpdate, Response.UpdateMessage];
	if (type === Type.ApplicationCommandAutocomplete) return [Response.ApplicationCommandAutocompleteResult];
	if (type === Type.ApplicationCommand) return [...reply, Response.Modal];
	if (type === Type.MessageComponent) return [...reply, ...update, Response.Modal];
	return message ? [...reply, ...update] : reply;
}
