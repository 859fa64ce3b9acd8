import type { WebClient } from '@slack/web-api';
import { BotError, messageOf } from '../../../core/errors.ts';
import type { Say } from '../../../core/say.ts';
import { POST_PACE, TIER_2_PACE, TIER_3_PACE, TIER_4_PACE, UNSAID_WAIT_MS } from './limits.ts';
import type { Lane, Paced, Pacer } from './pacer.ts';
import type { SlackClients } from './slack-clients.ts';
import type { SlackSpot } from './slack-spot.ts';

/** How a call ended. `unknown`: it may have been done or not. */
export type CallResult =
	| { type: 'done'; data: Readonly<Record<string, unknown>> }
	| { type: 'refused'; method: string; code: string }
	| { type: 'unknown'; method: string; reason: string };

export interface SlackCalls {
	/** One call of the Web API in its time; what Slack tells to wait for is waited for. Throws when closed or without a token. */
	call(spot: SlackSpot, method: string, args: Readonly<Record<string, unknown>>): Promise<CallResult>;
	/** Uploads files into one message in the spot's channel and thread. The result is the first file's id in `id`. */
	upload(spot: SlackSpot, file: Upload): Promise<CallResult>;
}

export interface Upload {
	/** At least one. */
	files: readonly { name: string; data: Buffer }[];
	comment: string;
	threadTs: string | null;
}

type ClientsOf = (spot: SlackSpot) => Promise<SlackClients>;

export function createSlackCalls(clientsOf: ClientsOf, pacer: Pacer): SlackCalls {
	const perform = (
		spot: SlackSpot,
		method: string,
		task: (client: WebClient) => Promise<Readonly<Record<string, unknown>>>,
	): Promise<CallResult> =>
		pacer.run(lanesOf(method, spot), async (): Promise<Paced<CallResult>> => {
			try {
				const { board } = await clientsOf(spot);
				return { type: 'done', value: { type: 'done', data: await task(board) } };
			} catch (error) {
				if (error instanceof BotError) throw error;
				return outcomeOf(error, method);
			}
		});

	return {
		call: (spot, method, args) =>
			perform(spot, method, async (client) => ({ ...(await client.apiCall(method, args)) })),
		upload: (spot, { files, comment, threadTs }) =>
			perform(spot, UPLOAD, async (client) => {
				const where = { channel_id: spot.channel, initial_comment: comment };
				// All as bytes: the SDK counts the characters of a string, Slack the bytes.
				const what = { file_uploads: files.map(({ name, data }) => ({ filename: name, title: name, file: data })) };
				const done = await client.filesUploadV2(
					threadTs === null ? { ...where, ...what } : { ...where, ...what, thread_ts: threadTs },
				);
				return { id: done.files[0]?.files?.[0]?.id };
			}),
	};
}

/** The step of an upload that posts. */
const UPLOAD = 'files.completeUploadExternal';

const PACES: Readonly<Record<string, Lane['pace']>> = {
	'chat.startStream': TIER_2_PACE,
	'chat.stopStream': TIER_2_PACE,
	'chat.appendStream': TIER_4_PACE,
	[UPLOAD]: TIER_4_PACE,
	'files.info': TIER_4_PACE,
};
const POSTS = ['chat.postMessage', 'chat.startStream', UPLOAD];

/** The lane that a 429 concerns comes last: a channel's for posts, else the method's in its workspace. */
function lanesOf(method: string, { team, channel }: SlackSpot): readonly [Lane, ...Lane[]] {
	const own: Lane = { key: `${team}/${method}`, pace: PACES[method] ?? TIER_3_PACE };
	const post: Lane = { key: `${team}/${channel}`, pace: POST_PACE };
	if (method === 'chat.postMessage') return [post];
	return POSTS.includes(method) ? [post, own] : [own];
}

function outcomeOf(error: unknown, method: string): Paced<CallResult> {
	const { code, data, retryAfter } = detailsOf(error);
	if (code === 'slack_webapi_rate_limited_error') {
		return { type: 'too_soon', waitMs: retryAfter === null ? UNSAID_WAIT_MS : retryAfter * 1000 };
	}
	if (data === 'ratelimited') return { type: 'too_soon', waitMs: UNSAID_WAIT_MS };
	if (data !== null) return { type: 'done', value: { type: 'refused', method, code: data } };
	return { type: 'done', value: { type: 'unknown', method, reason: messageOf(error) } };
}

/** What the SDK's errors say, read by shape: their classes are not loaded here. */
function detailsOf(error: unknown): { code: string | null; data: string | null; retryAfter: number | null } {
	const { code, data, retryAfter } = Object(error) as { code?: unknown; data?: unknown; retryAfter?: unknown };
	const refusal = (Object(data) as { error?: unknown }).error;
	return {
		code: typeof code === 'string' ? code : null,
		data: typeof refusal === 'string' ? refusal : null,
		retryAfter: typeof retryAfter === 'number' ? retryAfter : null,
	};
}

/** Why nothing can be shown in a place any more, by Slack's code for it. https://docs.slack.dev/reference/methods/chat.postMessage */
const GONE: Readonly<Record<string, (say: Say) => string>> = {
	is_archived: (say) => say('slack.gone.archived'),
	is_inactive: (say) => say('slack.gone.archived'),
	channel_not_found: (say) => say('slack.gone.channel'),
	not_in_channel: (say) => say('slack.gone.member'),
	thread_not_found: (say) => say('slack.gone.thread'),
	cannot_reply_to_message: (say) => say('slack.gone.thread'),
};
const NO_ACCESS = [
	'account_inactive',
	'invalid_auth',
	'missing_scope',
	'no_permission',
	'not_authed',
	'restricted_action',
	'team_access_not_granted',
	'token_revoked',
];

/** Whether a refusal means that nothing can be shown in the place any more. */
export const isGone = (code: string): boolean => code in GONE || NO_ACCESS.includes(code);

/** What a call gave. Throws what the port expects otherwise; the result is the cause. */
export function dataOf(result: CallResult, say: Say): Readonly<Record<string, unknown>> {
	if (result.type === 'done') return result.data;
	const { method } = result;
	const options = { cause: result };
	if (result.type === 'unknown') throw new Error(say('slack.unreachable', { method, reason: result.reason }), options);
	const { code } = result;
	const gone = GONE[code]?.(say);
	if (gone !== undefined) throw new BotError('place_gone', gone, options);
	if (NO_ACCESS.includes(code)) throw new BotError('place_gone', say('slack.gone.access', { code }), options);
	if (code === 'message_not_found') throw new BotError('message_gone', say('slack.message_gone'), options);
	throw new Error(say('slack.refused', { method, code }), options);
}

/** Whether Slack has said no, so that nothing was done. */
export const isRefusal = (error: unknown): boolean =>
	error instanceof Error && (Object(error.cause) as { type?: unknown }).type === 'refused';

/** The refusal's code; null for everything else. */
export const codeOf = (result: CallResult): string | null => (result.type === 'refused' ? result.code : null);
