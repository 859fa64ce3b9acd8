import {
	MessageFlags,
	MessageType,
	InteractionResponseType as Response,
	InteractionType as Type,
} from 'discord-api-types/v10';
import { checkChoiceList } from './check-commands.ts';
import { checkSizes, draftOf, type Upload } from './check-message.ts';
import { checkModal } from './check-modal.ts';
import { messageJson } from './encode.ts';
import { createForm } from './form.ts';
import { ANSWER_MS, answersTo, type Interaction, type Interactions } from './interactions.ts';
import { mentionsOf } from './mentions.ts';
import { addMessage, changeMessage, plainDraft, removeMessage } from './messages.ts';
import type { Platform } from './platform.ts';
import { type Call, NO_CONTENT, ok, type Reply, type Route } from './route.ts';
import { type Data, dataOf, isData, numberOf, refusal } from './wire.ts';
import { type InteractionNote, type Message, messageIn } from './world.ts';

/** Answers to interactions and what follows by their token. */
export function interactionRoutes(platform: Platform, interactions: Interactions): readonly Route[] {
	const webhook = '/webhooks/:application/:token';
	const route = (name: string, handle: Route['handle']): Route => ({ name, open: true, handle });
	const reached = ({ params }: Call) => byToken(platform, interactions, params);
	return [
		route('POST /interactions/:id/:token/callback', (call) => callback(platform, interactions, call)),
		route(`POST ${webhook}`, (call) => followUp(platform, reached(call), call)),
		route(`GET ${webhook}/messages/:message`, (call) => {
			const message = messageOf(reached(call), call.params.message ?? '');
			return ok(messageJson(platform.world, message));
		}),
		route(`PATCH ${webhook}/messages/:message`, (call) => {
			const interaction = reached(call);
			return edit(platform, interaction, messageOf(interaction, call.params.message ?? ''), call);
		}),
		route(`DELETE ${webhook}/messages/:message`, (call) => {
			const interaction = reached(call);
			removeMessage(platform, interaction.channel, messageOf(interaction, call.params.message ?? ''));
			return NO_CONTENT;
		}),
	];
}

function callback(platform: Platform, interactions: Interactions, call: Call): Reply {
	const { id = '', token = '' } = call.params;
	const interaction = interactions.find(id, token);
	if (interaction === null) throw refusal(10062);
	if (interaction.response !== null) {
		if (!interaction.lost) platform.violation('acknowledged_twice', `${interaction.title} was answered twice`);
		throw refusal(40060);
	}
	if (interaction.expired || platform.world.clock.now() - interaction.at > ANSWER_MS) throw refusal(10062);
	const type = numberOf(call.data.type);
	const allowed = answersTo(interaction);
	const form = createForm();
	if (!allowed.includes(type))
		form.fault(['type'], 'BASE_TYPE_CHOICES', `Value must be one of (${allowed.join(', ')}).`);
	form.check();
	const message = perform(platform, interaction, type, call);
	interaction.response = type;
	interaction.lost = call.lost;
	interaction.settle();
	platform.changed();
	if (call.query.get('with_response') !== 'true') return NO_CONTENT;
	const about = message
		? {
				response_message_id: message.id,
				response_message_loading: (message.flags & MessageFlags.Loading) !== 0,
				response_message_ephemeral: message.ephemeralFor !== null,
			}
		: {};
	const resource =
		message && type !== Response.DeferredMessageUpdate ? { message: messageJson(platform.world, message) } : {};
	return ok({ interaction: { id, type: interaction.type, ...about }, resource: { type, ...resource } });
}

/** Does what an answer says; returns the message that came of it. */
function perform(
	platform: Platform,
	interaction: Interaction,
	type: Response,
	{ data: body, uploads }: Call,
): Message | null {
	const data = dataOf(body.data);
	if (type === Response.Modal) {
		checkModal(data);
		interaction.modal = data;
		return null;
	}
	if (type === Response.ApplicationCommandAutocompleteResult) {
		const form = createForm();
		const choices = form.list(data.choices, ['data', 'choices'], { required: true, max: 25 });
		checkChoiceList(form, choices, ['data', 'choices'], interaction.optionType);
		form.check();
		interaction.choices = choices.filter(isData);
		return null;
	}
	if (type === Response.DeferredMessageUpdate || type === Response.UpdateMessage) {
		const { message, channel } = interaction;
		if (message === null) throw refusal(10008);
		interaction.originalId = message.id;
		checkSizes(uploads, platform.settings.maxFileBytes);
		if (type === Response.UpdateMessage) changeMessage(platform, channel, message, draftOf(data, uploads, message));
		return message;
	}
	const message =
		type === Response.DeferredChannelMessageWithSource
			? thinking(platform, interaction, data)
			: say(platform, interaction, data, uploads);
	interaction.originalId = message.id;
	interaction.ephemeral = message.ephemeralFor !== null;
	return message;
}

function noteOf(platform: Platform, interaction: Interaction): InteractionNote {
	const { id, type, userId, title, originalId } = interaction;
	return {
		id,
		type,
		userId,
		name: type === Type.ApplicationCommand ? title : null,
		originalId: originalId ?? platform.world.bot.id,
	};
}

const messageType = ({ type, message, title }: Interaction): MessageType => {
	if (message) return MessageType.Reply;
	if (type !== Type.ApplicationCommand) return MessageType.Default;
	return title.startsWith('/') ? MessageType.ChatInputCommand : MessageType.ContextMenuCommand;
};

function thinking(platform: Platform, interaction: Interaction, data: Data): Message {
	const flags = numberOf(data.flags);
	if (flags & ~MessageFlags.Ephemeral) platform.violation('ignored_flag', 'a deferral takes no flag but EPHEMERAL');
	const ephemeral = (flags & MessageFlags.Ephemeral) !== 0;
	const draft = { ...plainDraft(''), flags: MessageFlags.Loading | (ephemeral ? MessageFlags.Ephemeral : 0) };
	return addMessage(platform, interaction.channel, {
		author: platform.world.bot,
		draft,
		type: messageType(interaction),
		referenceId: interaction.message?.id ?? null,
		ephemeralFor: ephemeral ? interaction.userId : null,
		interaction: noteOf(platform, interaction),
	});
}

function say(platform: Platform, interaction: Interaction, body: Data, uploads: readonly Upload[]): Message {
	checkSizes(uploads, platform.settings.maxFileBytes);
	const draft = draftOf(body, uploads, null, MessageFlags.Ephemeral);
	const { world } = platform;
	const ephemeral = (draft.flags & MessageFlags.Ephemeral) !== 0;
	const mentions = mentionsOf(world, interaction.channel, world.bot, body, null);
	if (!ephemeral && mentions.careless.length > 0)
		platform.violation('careless_mention', `the answer to ${interaction.title} pings ${mentions.careless.join(', ')}`);
	return addMessage(platform, interaction.channel, {
		author: world.bot,
		draft,
		mentions,
		type: messageType(interaction),
		referenceId: interaction.message?.id ?? null,
		ephemeralFor: ephemeral ? interaction.userId : null,
		interaction: noteOf(platform, interaction),
	});
}

/** The answered interaction of a webhook path; throws 10015 before the first answer and 50027 after 15 minutes. */
function byToken(platform: Platform, interactions: Interactions, params: Call['params']): Interaction {
	const interaction = interactions.byToken(params.token ?? '');
	if (params.application !== platform.world.bot.id) throw refusal(10015);
	if (interaction === null) throw refusal(50027);
	if (!interactions.isAlive(interaction)) {
		platform.violation('token_expired', `the token of ${interaction.title} was used after 15 min`);
		throw refusal(50027);
	}
	if (interaction.response === null) throw refusal(10015);
	return interaction;
}

function messageOf({ channel, originalId, followUps }: Interaction, wanted: string): Message {
	const id = wanted === '@original' ? originalId : wanted;
	const isOwn = id === originalId || followUps.some((message) => message.id === id);
	const message = id !== null && isOwn ? messageIn(channel, id) : null;
	if (message === null) throw refusal(10008);
	return message;
}

function followUp(platform: Platform, interaction: Interaction, call: Call): Reply {
	const original = interaction.originalId === null ? null : messageIn(interaction.channel, interaction.originalId);
	// The first follow-up of a deferral fills the message that says "thinking".
	if (original && original.flags & MessageFlags.Loading) return edit(platform, interaction, original, call);
	const message = say(platform, interaction, call.data, call.uploads);
	interaction.followUps.push(message);
	platform.changed();
	return ok(messageJson(platform.world, message));
}

function edit(platform: Platform, interaction: Interaction, message: Message, { data, uploads }: Call): Reply {
	checkSizes(uploads, platform.settings.maxFileBytes);
	changeMessage(platform, interaction.channel, message, draftOf(data, uploads, message));
	return ok(messageJson(platform.world, message));
}
