import { isObject, type JsonObject, stringOf } from './json.ts';
import { addMessage, announce, announceChange, changeMessage } from './messages.ts';
import { checkUnfurl, type Payload, readPayload } from './payload.ts';
import { SlackRefusal } from './refusal.ts';
import { keepBlocks } from './views.ts';
import { type EphemeralMessage, findMessage, type SlackMessage, type SlackTeam, type SlackWorld } from './world.ts';

/** https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */
const MAX_USES = 5;
const LIFE_MS = 1_800_000;

/** Where an interaction happened. */
export interface Origin {
	team: SlackTeam;
	user: string;
	channel: string;
	threadTs: string | null;
	/** The message that was acted on. */
	source: SlackMessage | EphemeralMessage | null;
}

export interface ResponseUrls {
	issue(origin: Origin): string;
	/** What is posted to one of the URLs. */
	post(id: string, body: unknown): void;
	/** What an acknowledgement says, which is shown like a post to the URL. */
	acknowledge(origin: Origin, body: unknown): void;
}

const isEphemeral = (source: SlackMessage | EphemeralMessage): source is EphemeralMessage => 'via' in source;

export function createResponseUrls(world: SlackWorld, url: string): ResponseUrls {
	const issued = new Map<string, { origin: Origin; uses: number; expiresAt: number }>();

	const remove = (team: SlackTeam, source: SlackMessage | EphemeralMessage) => {
		source.deleted = true;
		if (!isEphemeral(source)) announceChange(world, team, source, 'message_deleted', url);
		world.ledger.changed();
	};

	const replace = (team: SlackTeam, source: SlackMessage | EphemeralMessage, { text, blocks }: Payload) => {
		const face = { text: text ?? '', blocks: keepBlocks(world, blocks ?? []) };
		if (isEphemeral(source)) {
			source.edits.push({ text: source.text, blocks: source.blocks, metadata: null, at: world.clock.now() });
			Object.assign(source, face);
			world.ledger.changed();
			return;
		}
		changeMessage(world, source, { ...face, metadata: source.metadata });
		announceChange(world, team, source, 'message_changed', url);
	};

	const add = (origin: Origin, body: JsonObject, payload: Payload, via: 'response_url' | 'ack') => {
		const { team, user, channel } = origin;
		const threadTs = stringOf(body.thread_ts) || origin.threadTs;
		const shown = { channel, text: payload.text ?? '', blocks: payload.blocks ?? [], threadTs };
		if (body.response_type === 'in_channel') {
			checkUnfurl(world, via, body);
			const message = addMessage(world, team, { ...shown, user: team.botUser, bot: team.botId });
			announce(world, team, message, url);
			return;
		}
		const blocks = keepBlocks(world, shown.blocks);
		team.ephemerals.push({ ...shown, id: world.nextTs(), user, blocks, via, deleted: false, edits: [] });
		world.ledger.changed();
	};

	const show = (origin: Origin, given: unknown, via: 'response_url' | 'ack') => {
		const body = isObject(given) ? given : { text: stringOf(given) };
		const { source, team } = origin;
		if (body.delete_original === true && source !== null) return remove(team, source);
		// Text in Slack's own markup only: the markdown fields are not known here.
		if (body.markdown_text !== undefined) throw new SlackRefusal('invalid_payload');
		const payload = readPayload(world, via, body);
		const threadGone =
			typeof body.thread_ts === 'string' && findMessage(team, origin.channel, body.thread_ts) === undefined;
		if (threadGone) throw new SlackRefusal('cannot_reply_to_message');
		if (source !== null && body.replace_original === true) return replace(team, source, payload);
		if (source !== null && body.replace_original === undefined && body.response_type === undefined)
			world.ledger.violate('replace_original_unsaid', via, 'Slack and its clients differ on the default');
		add(origin, body, payload, via);
	};

	return {
		issue(origin) {
			const id = world.nextId('');
			issued.set(id, { origin, uses: 0, expiresAt: world.clock.now() + LIFE_MS });
			return `${url}/response/${origin.team.id}/${id}`;
		},
		post(id, body) {
			const found = issued.get(id);
			if (found === undefined) throw new SlackRefusal('invalid_url');
			if (world.clock.now() > found.expiresAt) throw new SlackRefusal('expired_url');
			if (found.uses >= MAX_USES) throw new SlackRefusal('used_url');
			found.uses += 1;
			show(found.origin, body, 'response_url');
		},
		acknowledge: (origin, body) => show(origin, body, 'ack'),
	};
}
