import {
	ComponentType,
	ApplicationCommandType as Kind,
	InteractionResponseType as Response,
	InteractionType as Type,
} from 'discord-api-types/v10';
import { everyComponent } from './check-components.ts';
import { isSelect } from './check-selects.ts';
import { type Commands, optionAt } from './commands.ts';
import { messageJson, userJson } from './encode.ts';
import type { Asked, Interaction, Interactions } from './interactions.ts';
import { archiveIdle } from './messages.ts';
import { submittedParts } from './modal-submission.ts';
import { bitsOf, may, permissionsOf, sees } from './permissions.ts';
import { fillOptions, type GivenFile, type OptionValue } from './person-options.ts';
import { nameOf, type Platform } from './platform.ts';
import { type Data, dataOf, isData, listOf, numberOf, textOf } from './wire.ts';
import { type Channel, type Message, messageIn, type User } from './world.ts';

/** What a person sees of the bot's answer to something they did. */
export interface Answer {
	/** Of the interaction. */
	readonly id: string;
	readonly token: string;
	/**
	 * `nothing` when a press was taken without a sign, `failed` when the person reads that the application did not
	 * respond.
	 */
	readonly saw: 'message' | 'thinking' | 'update' | 'nothing' | 'modal' | 'choices' | 'failed';
	/** Whether the first answer is for this person alone. */
	readonly ephemeral: boolean;
	readonly choices: readonly { name: string; value: string | number }[];
	/** The modal that opened, as the bot described it. */
	readonly modal: Data | null;
	/** The first answer as it reads now, or null when there is none or it is gone. */
	message(): Message | null;
	/** The further answers, deleted ones left out. */
	followUps(): readonly Message[];
}

/** `twice` delivers the event two times, with the same id. */
export interface Delivery {
	twice?: boolean;
}

/** What a person does with commands, buttons and modals. Each verb resolves when the bot has answered or 3 s are over. */
export interface InteractingPerson {
	/** Types `/massgen ask` in a channel, with options by name. */
	slash(
		channel: Channel,
		path: string,
		options?: Readonly<Record<string, OptionValue>>,
		delivery?: Delivery,
	): Promise<Answer>;
	/** Types into an option and reads what is proposed; `options` holds the text of `focused` too. */
	autocomplete(
		channel: Channel,
		path: string,
		focused: string,
		options: Readonly<Record<string, OptionValue>>,
	): Promise<Answer>;
	/** Picks a command from the menu of a message. */
	messageCommand(message: Message, name: string): Promise<Answer>;
	/** Presses the button with a label or custom id. `forged` sends the custom id although there is no such button. */
	press(message: Message, button: string, delivery?: Delivery & { forged?: boolean }): Promise<Answer>;
	/** Chooses values in the select menu with a custom id or placeholder. */
	choose(message: Message, select: string, values: readonly string[]): Promise<Answer>;
	/** Fills in the modal of an answer, by custom id or label, and sends it. */
	submit(
		answer: Answer,
		values: Readonly<Record<string, string | readonly string[] | readonly GivenFile[]>>,
	): Promise<Answer>;
}

interface Sources {
	platform: Platform;
	interactions: Interactions;
	commands: Commands;
	user: User;
}

export function createInteractingPerson({ platform, interactions, commands, user }: Sources): InteractingPerson {
	const { world } = platform;
	const opened = new WeakMap<Answer, Interaction>();

	async function ask(asked: Omit<Asked, 'userId' | 'locale'>): Promise<Answer> {
		archiveIdle(platform);
		if (!sees(world, user.id, asked.channel))
			throw new Error(`${user.displayName} does not see ${nameOf(asked.channel)}`);
		const interaction = interactions.open({ ...asked, userId: user.id, locale: user.locale });
		await interaction.settled;
		const answer = answerOf(interaction);
		opened.set(answer, interaction);
		return answer;
	}

	const commandOf = (channel: Channel, name: string, kind: Kind) => {
		const command = commands.visibleIn(channel.guildId).find((one) => one.name === name && one.type === kind);
		if (command === undefined) throw new Error(`${nameOf(channel)} has no command ${name}`);
		requireUsable(platform, channel, command, user);
		return command;
	};

	const dataFor = (
		channel: Channel,
		path: string,
		values: Readonly<Record<string, OptionValue>>,
		focused: string | null,
	) => {
		const [name = '', ...rest] = path.split(' ');
		const command = commandOf(channel, name, Kind.ChatInput);
		const { options, resolved } = fillOptions(platform, channel, command, rest, values, focused);
		const { id, type, guild_id } = command;
		const data = { id, name, type, options, resolved, ...(guild_id ? { guild_id } : {}) };
		return { data, option: focused === null ? null : optionAt(command, [...rest, focused]) };
	};

	const componentOf = (message: Message, wanted: string) => {
		const live = messageIn(channelOf(message), message.id);
		if (live === null || (live.ephemeralFor !== null && live.ephemeralFor !== user.id))
			throw new Error(`${user.displayName} does not see that message`);
		return everyComponent(live.components).find(
			({ custom_id: id, label, placeholder }) => id === wanted || label === wanted || placeholder === wanted,
		);
	};

	const channelOf = (message: Message): Channel => {
		const channel = world.channels.get(message.channelId);
		if (channel === undefined) throw new Error('the channel of that message is gone');
		return channel;
	};

	const use = (message: Message, component: Data, more: { title: string; data?: Data; twice?: boolean }) => {
		const data = {
			component_type: component.type,
			custom_id: component.custom_id,
			id: numberOf(component.id),
			...more.data,
		};
		return ask({ ...more, type: Type.MessageComponent, channel: channelOf(message), message, data });
	};

	return {
		slash(channel, path, options = {}, { twice = false } = {}) {
			const { data } = dataFor(channel, path, options, null);
			return ask({ type: Type.ApplicationCommand, channel, title: `/${path}`, data, twice });
		},
		autocomplete(channel, path, focused, options) {
			const { data, option } = dataFor(channel, path, options, focused);
			if (option?.autocomplete !== true) throw new Error(`the option ${focused} proposes nothing`);
			return ask({
				type: Type.ApplicationCommandAutocomplete,
				channel,
				title: `/${path}`,
				data,
				optionType: Number(option.type),
			});
		},
		messageCommand(message, name) {
			const channel = channelOf(message);
			const command = commandOf(channel, name, Kind.Message);
			const resolved = {
				messages: { [message.id]: messageJson(world, message) },
				users: { [message.author.id]: userJson(message.author) },
			};
			const data = { id: command.id, name, type: Kind.Message, target_id: message.id, resolved };
			return ask({ type: Type.ApplicationCommand, channel, title: name, data });
		},
		press(message, button, { forged = false, twice = false } = {}) {
			const component = forged ? { type: ComponentType.Button, custom_id: button } : componentOf(message, button);
			if (component?.type !== ComponentType.Button || typeof component.custom_id !== 'string')
				throw new Error(`there is no button ${button} to press`);
			if (component.disabled === true) throw new Error(`the button ${button} is disabled`);
			return use(message, component, { title: `button "${textOf(component.label) || button}"`, twice });
		},
		choose(message, select, values) {
			const component = componentOf(message, select);
			if (component === undefined || !isSelect(Number(component.type))) throw new Error(`there is no select ${select}`);
			const known = listOf(component.options).map((option) => dataOf(option).value);
			const strange = known.length > 0 ? values.find((value) => !known.includes(value)) : undefined;
			if (component.disabled === true || strange !== undefined)
				throw new Error(`${strange ?? select} cannot be chosen`);
			return use(message, component, { title: `select "${select}"`, data: { values } });
		},
		submit(answer, values) {
			const before = opened.get(answer);
			if (before === undefined || before.modal === null) throw new Error('that answer opened no modal for this person');
			const { channel, message, modal } = before;
			const { components, resolved } = submittedParts(platform, channel, modal, values);
			const data = { custom_id: modal.custom_id, components, resolved };
			return ask({ type: Type.ModalSubmit, channel, message, title: `modal "${textOf(modal.title)}"`, data });
		},
	};
}

function requireUsable({ world }: Platform, channel: Channel, command: Data, user: User): void {
	const needed = command.default_member_permissions;
	const contexts = listOf(command.contexts);
	const place = channel.guildId === null ? 1 : 0;
	const refuse = () => {
		throw new Error(`${user.displayName} is not shown the command ${textOf(command.name)} in ${nameOf(channel)}`);
	};
	if (contexts.length > 0 && !contexts.includes(place)) refuse();
	if (place === 1 && contexts.length === 0 && command.dm_permission === false) refuse();
	if (channel.guildId === null) return;
	if (!may(world, user.id, channel, 'UseApplicationCommands')) refuse();
	const held = permissionsOf(world, channel.guildId, user.id, channel);
	if (typeof needed !== 'string' || held & bitsOf('Administrator')) return;
	if ((held & BigInt(needed)) !== BigInt(needed) || needed === '0') refuse();
}

const SAW: Partial<Record<Response, Answer['saw']>> = {
	[Response.ChannelMessageWithSource]: 'message',
	[Response.DeferredChannelMessageWithSource]: 'thinking',
	[Response.DeferredMessageUpdate]: 'nothing',
	[Response.UpdateMessage]: 'update',
	[Response.Modal]: 'modal',
	[Response.ApplicationCommandAutocompleteResult]: 'choices',
};

function answerOf(interaction: Interaction): Answer {
	const { id, token, response, channel, ephemeral, modal } = interaction;
	return {
		id,
		token,
		saw: (response === null ? undefined : SAW[response]) ?? 'failed',
		ephemeral,
		modal,
		choices: interaction.choices
			.filter(isData)
			.map(({ name, value }) => ({ name: textOf(name), value: value as string | number })),
		message: () => (interaction.originalId === null ? null : messageIn(channel, interaction.originalId)),
		followUps: () => interaction.followUps.filter(({ deleted }) => !deleted),
	};
}
