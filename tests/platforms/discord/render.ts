import { ComponentType, MessageFlags, MessageType } from 'discord-api-types/v10';
import { isSelect } from './check-selects.ts';
import { type Data, dataOf, listOf, textOf } from './wire.ts';
import { type Channel, isForum, type Message, type World } from './world.ts';

const indent = (text: string, mark: string): string =>
	text
		.split('\n')
		.map((line) => `${mark}${line}`.trimEnd())
		.join('\n');

/** `[Stop]`, or `(Stop)` for one that cannot be pressed. */
function buttonText(button: Data): string {
	const label = [textOf(dataOf(button.emoji).name), textOf(button.label)].filter(Boolean).join(' ');
	return button.disabled === true ? `(${label})` : `[${label}]`;
}

function componentText(component: Data): string {
	const type = Number(component.type);
	const inside = () => listOf(component.components).map((child) => componentText(dataOf(child)));
	if (type === ComponentType.ActionRow) return inside().join(' ');
	if (type === ComponentType.Button) return buttonText(component);
	if (isSelect(type)) {
		const labels = listOf(component.options).map((option) => textOf(dataOf(option).label));
		return `<${textOf(component.placeholder) || 'select'}: ${labels.join(' | ')}>`;
	}
	if (type === ComponentType.TextDisplay) return textOf(component.content);
	if (type === ComponentType.Separator) return '---';
	if (type === ComponentType.Section) return [...inside(), componentText(dataOf(component.accessory))].join('\n');
	if (type === ComponentType.Container) return indent(inside().join('\n'), '| ');
	if (type === ComponentType.File) return `{file ${mediaName(component.file)}}`;
	if (type === ComponentType.Thumbnail) return `{picture ${mediaName(component.media)}}`;
	if (type === ComponentType.MediaGallery)
		return listOf(component.items)
			.map((item) => `{picture ${mediaName(dataOf(item).media)}}`)
			.join(' ');
	return `{component ${type}}`;
}

const mediaName = (media: unknown): string => textOf(dataOf(media).url).split('/').at(-1) ?? '';

function embedText(embed: Data): string {
	const fields = listOf(embed.fields).map((field) => `${textOf(dataOf(field).name)}: ${textOf(dataOf(field).value)}`);
	const lines = [textOf(embed.title), textOf(embed.description), ...fields, textOf(dataOf(embed.footer).text)];
	return indent(lines.filter(Boolean).join('\n'), '> ');
}

/** What a person reads of a message: text, embeds, components and file names, in the order of the client. */
export function messageText(
	message: Pick<Message, 'content' | 'embeds' | 'components' | 'attachments' | 'flags'>,
): string {
	if (message.flags & MessageFlags.Loading) return '(thinking …)';
	// With components of the second version a file shows only where a component names it.
	const loose = message.flags & MessageFlags.IsComponentsV2 ? [] : message.attachments;
	const files = loose.map(({ filename, contentType }) => `{file ${filename}, ${contentType}}`);
	const parts = [message.content, ...message.embeds.map(embedText), ...message.components.map(componentText), ...files];
	return parts.filter(Boolean).join('\n');
}

/** What Discord itself puts between the messages. */
const isSystem = ({ type }: Message): boolean =>
	type === MessageType.ThreadCreated || type === MessageType.ThreadStarterMessage;

/** The messages of a channel as `viewer` sees them: ephemeral ones of others are not there. Null sees everything. */
export const shownMessages = (channel: Channel, viewer: string | null): readonly Message[] =>
	channel.messages.filter(
		(message) =>
			!message.deleted &&
			!isSystem(message) &&
			(viewer === null || message.ephemeralFor === null || message.ephemeralFor === viewer),
	);

function headLine(world: World, message: Message): string {
	const { ephemeralFor, history, flags, interaction } = message;
	const reader = world.users.get(ephemeralFor ?? '')?.displayName;
	const notes = [
		interaction?.name ? `answers ${interaction.name}` : '',
		reader ? `only for ${reader}` : '',
		flags & MessageFlags.SuppressNotifications ? 'silent' : '',
		history.length > 0 ? `edited ${history.length}x` : '',
		...[...message.reactions].map(([emoji, users]) => `${emoji} ${users.length}`),
	].filter(Boolean);
	return `${message.author.displayName}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}:`;
}

const titleOf = (channel: Channel): string => {
	if (channel.thread === null) return channel.guildId === null ? 'DM' : `#${channel.name}`;
	const state = [channel.thread.archived ? 'archived' : '', channel.thread.locked ? 'locked' : ''].filter(Boolean);
	return `thread "${channel.name}"${state.length > 0 ? ` (${state.join(', ')})` : ''}`;
};

/** A channel with its threads as text for a snapshot: no ids, no times. */
export function transcript(world: World, channel: Channel, viewer: string | null): string {
	const lines = [`== ${titleOf(channel)}`];
	const threads = [...world.channels.values()].filter(({ parentId }) => parentId === channel.id);
	const under = (id: string) => threads.filter((thread) => thread.id === id);
	for (const message of shownMessages(channel, viewer)) {
		lines.push(headLine(world, message), indent(messageText(message), '  '));
		for (const thread of under(message.id)) lines.push(indent(transcript(world, thread, viewer), '    '));
	}
	const started = new Set(channel.messages.map(({ id }) => id));
	const alone = threads.filter(({ id }) => isForum(channel) || !started.has(id));
	for (const thread of alone) lines.push(indent(transcript(world, thread, viewer), '    '));
	return lines.join('\n');
}
