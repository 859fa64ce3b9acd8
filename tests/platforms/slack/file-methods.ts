import { type Call, jsonOf, type Methods, optional, required, writableChannel } from './call.ts';
import { threadOf } from './chat-methods.ts';
import { type JsonObject, objectsIn, stringOf } from './json.ts';
import { addMessage, announce, wireFile } from './messages.ts';
import { readPayload } from './payload.ts';
import { SlackRefusal } from './refusal.ts';
import type { SlackFile } from './world.ts';

const MAX_BYTES = 1_000_000_000;
const MAX_SNIPPET_BYTES = 1_000_000;
const MAX_ALT_TEXT = 1000;
/** Types by the ending of a name; what is not here is bytes. */
const TYPES: Readonly<Record<string, string>> = {
	md: 'text/markdown',
	txt: 'text/plain',
	json: 'application/json',
	csv: 'text/csv',
	png: 'image/png',
	pdf: 'application/pdf',
	zip: 'application/zip',
};

export const mimetypeOf = (name: string) => TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';

function getUploadUrl(call: Call): JsonObject {
	const name = required(call, 'filename');
	const length = Number(required(call, 'length'));
	if (!Number.isInteger(length) || length <= 0) throw new SlackRefusal('invalid_arguments');
	if (length > MAX_BYTES) throw new SlackRefusal('file_upload_size_restricted');
	if (optional(call, 'snippet_type') !== null && length > MAX_SNIPPET_BYTES)
		throw new SlackRefusal('snippet_too_large');
	const altText = optional(call, 'alt_text') ?? '';
	if (altText.length > MAX_ALT_TEXT) throw new SlackRefusal('alt_txt_too_large');
	const file: SlackFile = {
		id: call.world.nextId('F'),
		name,
		title: name,
		mimetype: mimetypeOf(name),
		altText,
		length,
		content: Buffer.alloc(0),
		user: call.team.botUser,
		uploaded: false,
		completed: false,
		shares: [],
	};
	call.team.files.set(file.id, file);
	return { file_id: file.id, upload_url: `${call.url}/upload/v1/${call.team.id}-${file.id}` };
}

function fileOf(call: Call, id: string): SlackFile {
	const file = call.team.files.get(id);
	if (file === undefined) throw new SlackRefusal('file_not_found');
	return file;
}

/** Answers at once; the message with the files comes later, as on Slack. */
function complete(call: Call): JsonObject {
	const { world, team } = call;
	const given = objectsIn(jsonOf(call, 'files', 'invalid_arguments'));
	if (given.length === 0) throw new SlackRefusal('invalid_arguments');
	const files = given.map(({ id, title }) => {
		const file = fileOf(call, stringOf(id));
		if (!file.uploaded) throw new SlackRefusal('file_not_found');
		if (stringOf(title) !== '') file.title = stringOf(title);
		return file;
	});
	const channelId = optional(call, 'channel_id');
	if (channelId !== null) {
		const channel = writableChannel(call, channelId);
		const threadTs = threadOf(call, channel.id);
		const comment = optional(call, 'initial_comment');
		const blocks = jsonOf(call, 'blocks', 'invalid_blocks_format');
		const payload =
			comment === null && blocks === undefined
				? { text: '', blocks: [] }
				: readPayload(world, call.method, { text: comment, blocks });
		const share = () => {
			const message = addMessage(world, team, {
				channel: channel.id,
				user: team.botUser,
				bot: team.botId,
				text: payload.text ?? '',
				blocks: payload.blocks ?? [],
				threadTs,
				files,
			});
			for (const file of files) file.shares.push({ channel: channel.id, ts: message.ts });
			announce(world, team, message, call.url);
			world.ledger.changed();
		};
		if (world.shareDelayMs === 0) setImmediate(share);
		else world.clock.after(world.shareDelayMs, share);
	}
	for (const file of files) file.completed = true;
	return { files: files.map(({ id, title }) => ({ id, title })) };
}

const info = (call: Call): JsonObject => ({
	file: wireFile(call.url, call.team, fileOf(call, required(call, 'file'))),
	response_metadata: { next_cursor: '' },
});

/** Uploads in three steps, and what is known of a file. */
export const fileMethods: Methods = {
	'files.getUploadURLExternal': { tier: 'tier4', scopes: ['files:write'], run: getUploadUrl },
	'files.completeUploadExternal': { tier: 'tier4', scopes: ['files:write'], run: complete },
	'files.info': { tier: 'tier4', scopes: ['files:read'], run: info },
};
