import { MessageFlags } from 'discord-api-types/v10';
import { checkComponents } from './check-components.ts';
import { createForm, type Form, type Path } from './form.ts';
import { type Data, DiscordError, dataOf, isData, listOf, numberOf, refusal, textOf } from './wire.ts';
import type { Attachment, Message } from './world.ts';

/** Bounds of discord.com/developers/docs/resources/message. */
const MAX_CONTENT = 2000;
const MAX_EMBED_TOTAL = 6000;
const MAX_FILES = 10;
const SETTABLE = MessageFlags.SuppressEmbeds | MessageFlags.SuppressNotifications | MessageFlags.IsComponentsV2;

/** A file that came with a body. */
export interface Upload {
	/** The number in the name of its part, `files[0]`. */
	key: string;
	filename: string;
	contentType: string;
	bytes: Buffer;
}

/** What a message will be, once a body has been found good. */
export interface Draft {
	content: string;
	embeds: readonly Data[];
	components: readonly Data[];
	flags: number;
	kept: readonly Attachment[];
	/** New files with the description given for each. */
	added: readonly { upload: Upload; description: string | null }[];
}

/**
 * The message that a body makes: a new one, or `current` after the edit. Throws 50035 with everything that is wrong, or
 * 50006 for a message without anything in it. `allowed` are the flags that the caller may set beside the usual ones.
 */
export function draftOf(body: Data, uploads: readonly Upload[], current: Message | null, allowed = 0): Draft {
	const form = createForm();
	const attachments = checkAttachments(form, body, uploads, current);
	const flags = flagsOf(form, body, current, allowed);
	const isV2 = (flags & MessageFlags.IsComponentsV2) !== 0;
	const content =
		'content' in body
			? (form.text(body.content, ['content'], { max: MAX_CONTENT }) ?? '').trim()
			: (current?.content ?? '');
	const embeds = 'embeds' in body ? listOf(body.embeds).filter(isData) : (current?.embeds ?? []);
	const components = 'components' in body ? listOf(body.components).filter(isData) : (current?.components ?? []);
	if ('embeds' in body) checkEmbeds(form, body.embeds);
	const names = new Set(
		[...attachments.kept, ...attachments.added.map(({ upload }) => upload)].map(({ filename }) => filename),
	);
	checkComponents(form, 'components' in body ? body.components : components, isV2, names);
	if (isV2) refuseLegacy(form, content, embeds, body);
	checkMentions(form, body.allowed_mentions);
	checkNonce(form, body);
	form.check();
	const files = attachments.kept.length + attachments.added.length;
	const isEmpty = isV2 ? components.length === 0 : content === '' && embeds.length === 0 && files === 0;
	if (isEmpty) throw refusal(50006);
	return { content, embeds, components, flags, ...attachments };
}

function flagsOf(form: Form, body: Data, current: Message | null, allowed: number): number {
	const before = current?.flags ?? 0;
	const given = form.whole(body.flags, ['flags'], { min: 0 });
	if (given === null) return before & ~MessageFlags.Loading;
	const settable = SETTABLE | allowed;
	if (current === null) return given & settable;
	if (before & MessageFlags.IsComponentsV2 && !(given & MessageFlags.IsComponentsV2))
		form.fault(['flags'], 'MESSAGE_FLAG_CANNOT_BE_REMOVED', 'IS_COMPONENTS_V2 cannot be removed from a message');
	const editable = MessageFlags.SuppressEmbeds | MessageFlags.IsComponentsV2;
	return (before & ~editable & ~MessageFlags.Loading) | (given & editable);
}

function refuseLegacy(form: Form, content: string, embeds: readonly unknown[], body: Data): void {
	const code = 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2';
	const refuse = (field: string) =>
		form.fault([field], code, `The '${field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`);
	if (content !== '') refuse('content');
	if (embeds.length > 0) refuse('embeds');
	if (body.poll) refuse('poll');
	if (listOf(body.sticker_ids).length > 0) refuse('sticker_ids');
}

function checkAttachments(form: Form, body: Data, uploads: readonly Upload[], current: Message | null) {
	const listed = 'attachments' in body ? listOf(body.attachments).map(dataOf) : null;
	const added = uploads.map((upload) => {
		const entry = listed?.findIndex(({ id }) => String(id) === upload.key) ?? -1;
		const about = listed?.[entry] ?? {};
		const description = form.text(about.description, ['attachments', Math.max(0, entry), 'description'], { max: 1024 });
		const filename = textOf(about.filename) || upload.filename;
		return { upload: { ...upload, filename }, description };
	});
	const before = current?.attachments ?? [];
	const kept = listed === null ? before : before.filter((file) => listed.some(({ id }) => String(id) === file.id));
	for (const [at, { id }] of (listed ?? []).entries()) {
		const known = uploads.some(({ key }) => key === String(id)) || before.some((file) => file.id === String(id));
		if (!known) form.fault(['attachments', at, 'id'], 'ATTACHMENT_NOT_FOUND', 'Attachment data not found');
	}
	if (kept.length + added.length > MAX_FILES)
		form.fault(['attachments'], 'BASE_TYPE_MAX_LENGTH', `Must be ${MAX_FILES} or fewer in length.`);
	return { kept, added };
}

function checkEmbeds(form: Form, value: unknown): void {
	const embeds = form.list(value, ['embeds'], { max: 10 });
	let total = 0;
	const text = (given: unknown, path: Path, max: number, required = false) => {
		total += form.text(given, path, { max, ...(required ? { required, min: 1 } : {}) })?.length ?? 0;
	};
	for (const [at, given] of embeds.entries()) {
		const embed = dataOf(given);
		const path = ['embeds', at];
		text(embed.title, [...path, 'title'], 256);
		text(embed.description, [...path, 'description'], 4096);
		text(dataOf(embed.footer).text, [...path, 'footer', 'text'], 2048);
		text(dataOf(embed.author).name, [...path, 'author', 'name'], 256);
		const fields = form.list(embed.fields, [...path, 'fields'], { max: 25 });
		for (const [index, field] of fields.entries()) {
			text(dataOf(field).name, [...path, 'fields', index, 'name'], 256, true);
			text(dataOf(field).value, [...path, 'fields', index, 'value'], 1024, true);
		}
	}
	if (total > MAX_EMBED_TOTAL)
		form.fault(['embeds'], 'MAX_EMBED_SIZE_EXCEEDED', `Embed size exceeds maximum size of ${MAX_EMBED_TOTAL}`);
}

function checkMentions(form: Form, given: unknown): void {
	if (!isData(given)) return;
	const parse = form.list(given.parse, ['allowed_mentions', 'parse']);
	for (const [at, type] of parse.entries()) {
		if (!['roles', 'users', 'everyone'].includes(String(type)))
			form.fault(
				['allowed_mentions', 'parse', at],
				'BASE_TYPE_CHOICES',
				"Value must be one of ('users', 'roles', 'everyone').",
			);
	}
	for (const key of ['users', 'roles']) {
		const ids = form.list(given[key], ['allowed_mentions', key], { max: 100 });
		if (ids.length > 0 && parse.includes(key))
			form.fault(
				['allowed_mentions'],
				'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
				`parse:["${key}"] and ${key}: [ids...] are mutually exclusive.`,
			);
	}
}

function checkNonce(form: Form, { nonce, enforce_nonce: enforce }: Data): void {
	if (nonce === undefined || nonce === null) {
		if (enforce === true) form.fault(['nonce'], 'BASE_TYPE_REQUIRED', 'This field is required');
		return;
	}
	if (typeof nonce === 'number') form.whole(nonce, ['nonce'], {});
	else form.text(nonce, ['nonce'], { max: 25 });
}

/** Throws 40005 for a file above the limit of the place or a body above 25 MiB. */
export function checkSizes(uploads: readonly Upload[], limit: number): void {
	const total = uploads.reduce((sum, { bytes }) => sum + bytes.length, 0);
	if (total > 25 * 1024 * 1024 || uploads.some(({ bytes }) => bytes.length > limit)) throw refusal(40005);
}

/** The name of a thread: 1 to 100 characters; `auto_archive_duration` one of four. */
export function checkThreadName(body: Data, required: boolean): void {
	const form = createForm();
	form.text(body.name, ['name'], { required, min: 1, max: 100 });
	const minutes = form.whole(body.auto_archive_duration, ['auto_archive_duration']);
	if (minutes !== null && ![60, 1440, 4320, 10080].includes(minutes))
		form.fault(['auto_archive_duration'], 'BASE_TYPE_CHOICES', 'Value must be one of (60, 1440, 4320, 10080).');
	form.check();
}

/** The refusal of a reply to a message that is not there. */
export function unknownReference(): DiscordError {
	const form = createForm();
	form.fault(['message_reference'], 'MESSAGE_REFERENCE_UNKNOWN_MESSAGE', 'Unknown message');
	try {
		form.check();
	} catch (error) {
		if (error instanceof DiscordError) return error;
	}
	throw new Error('a form with a fault is refused');
}

export const hasFlag = (body: Data, flag: number): boolean => (numberOf(body.flags) & flag) !== 0;
