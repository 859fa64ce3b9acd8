import { checkMessageBlocks } from './block-rules.ts';
import { flagOf, jsonOf } from './call.ts';
import type { JsonObject } from './json.ts';
import { liveMentions, liveMentionsIn } from './mention-rules.ts';
import { SlackRefusal } from './refusal.ts';
import type { SlackWorld } from './world.ts';

/** https://docs.slack.dev/reference/methods/chat.postMessage */
const MAX_TEXT = 40_000;
const ADVISED_TEXT = 4000;
export const MAX_MARKDOWN = 12_000;

/** What a message is to show. Null: not given. */
export interface Payload {
	text: string | null;
	blocks: JsonObject[] | null;
}

const stringOrNull = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);

/** Reads and checks the words of a message, however it is sent; `where` is the method or the delivery. */
export function readPayload(world: SlackWorld, where: string, args: JsonObject): Payload {
	const { ledger, mayMention } = world;
	const given = jsonOf({ args }, 'blocks', 'invalid_blocks_format');
	const blocks = given === undefined || given === null ? null : checkMessageBlocks(given);
	const markdown = stringOrNull(args.markdown_text);
	let text = stringOrNull(args.text);
	if (markdown !== null) {
		if (text !== null || blocks !== null) throw new SlackRefusal('markdown_text_conflict');
		if (markdown.length > MAX_MARKDOWN) throw new SlackRefusal('msg_too_long');
	}
	if (text === null && markdown === null && (blocks === null || blocks.length === 0) && args.attachments === undefined)
		throw new SlackRefusal('no_text');
	if (blocks !== null && blocks.length > 0 && text === null)
		ledger.violate('no_text_fallback', where, 'blocks without text');
	if (text !== null && text.length > ADVISED_TEXT && (blocks === null || blocks.length === 0))
		ledger.violate('text_over_advised', where, `${text.length} characters, advised are ${ADVISED_TEXT}`);
	if (text !== null && text.length > MAX_TEXT) {
		ledger.violate('text_truncated', where, `${text.length} characters`);
		text = text.slice(0, MAX_TEXT);
	}
	const live = [...liveMentions(text ?? markdown ?? '', mayMention), ...liveMentionsIn(blocks, mayMention)];
	if (live.length > 0) ledger.violate('live_mention', where, live.join(' '));
	if (flagOf({ args }, 'link_names') === true || args.parse === 'full')
		ledger.violate('live_mention', where, 'link_names or parse=full turns @names into mentions');
	return { text: text ?? markdown, blocks };
}

/** Records a post that lets Slack unfold links. */
export function checkUnfurl(world: SlackWorld, where: string, args: JsonObject): void {
	for (const name of ['unfurl_links', 'unfurl_media']) {
		if (flagOf({ args }, name) !== false) world.ledger.violate('unfurl_not_off', where, `${name} is not false`);
	}
}
