import type { webApi } from '@slack/bolt';
import { messageOf, sentenceOf } from '../../../core/errors.ts';
import type { Finding } from '../../../core/finding.ts';
import type { Say } from '../../../core/say.ts';
import { EVENTS, SCOPE_OF_EVENT, SCOPES } from './app-shape.ts';
import { bareClient } from './bare-client.ts';
import { refusalOf } from './call-errors.ts';
import { REQUEST_PATH } from './entrance.ts';
import { accessOf, type SlackAccess, type SlackCredentials } from './slack-access.ts';

export interface SlackFindingsOptions {
	credentials: SlackCredentials;
	apiUrl: string;
	port: number;
	/** Id of a channel that the bot is to answer in; null: none in particular. */
	channel: string | null;
	say: Say;
}

/** Looks at everything that the bot needs of Slack, and says what repairs what is missing. Asks Slack. */
export async function slackFindings(options: SlackFindingsOptions): Promise<Finding[]> {
	let access: SlackAccess;
	try {
		access = accessOf(options.credentials, options.say);
	} catch (thrown) {
		return [error(sentenceOf(thrown), 'Set it in `.env`; `.env.example` names every variable.')];
	}
	const { way, reach } = access;
	const door = way.type === 'socket' ? await socketFinding(way.appToken, options) : httpFinding(options);
	if (reach.type === 'single') return [door, ...(await workspaceFindings(reach.botToken, options))];
	const where = `Slack: workspaces install the app from /slack/install on port ${options.port}; their tokens are kept encrypted.`;
	return [door, ok(where), subscriptions()];
}

async function socketFinding(appToken: string, { apiUrl }: SlackFindingsOptions): Promise<Finding> {
	const client = await bareClient(apiUrl, appToken);
	try {
		await client.apps.connections.open({});
		return ok('Slack takes SLACK_APP_TOKEN: events come over socket mode.');
	} catch (thrown) {
		const repair =
			'Make an app-level token with the scope connections:write (Basic Information, App-Level Tokens), set it as SLACK_APP_TOKEN, and turn on Socket Mode.';
		return refused('SLACK_APP_TOKEN', thrown, repair);
	}
}

function httpFinding({ port }: SlackFindingsOptions): Finding {
	return ok(
		`Slack: signed requests are expected on port ${port} at ${REQUEST_PATH}; whether Slack reaches that address shows at Event Subscriptions.`,
	);
}

async function workspaceFindings(token: string, options: SlackFindingsOptions): Promise<Finding[]> {
	const client = await bareClient(options.apiUrl, token);
	try {
		const who = await client.auth.test();
		const granted = new Set(who.response_metadata?.scopes ?? []);
		return [
			ok(`Slack takes SLACK_BOT_TOKEN: the bot is ${who.user ?? '?'} in ${who.team ?? '?'}.`),
			...scopeFindings(granted),
			subscriptions(),
			...(options.channel === null ? [] : [await channelFinding(client, options.channel, who.user ?? 'the bot')]),
		];
	} catch (thrown) {
		const repair =
			'Copy the Bot User OAuth Token (OAuth & Permissions) into SLACK_BOT_TOKEN; install the app into the workspace first if there is none.';
		return [refused('SLACK_BOT_TOKEN', thrown, repair)];
	}
}

/** `granted` is empty when Slack does not say. */
function scopeFindings(granted: ReadonlySet<string>): Finding[] {
	if (granted.size === 0) return [];
	const missing = SCOPES.filter((scope) => !granted.has(scope));
	if (missing.length === 0) return [ok('Slack: the bot has every scope it needs.')];
	const unheard = EVENTS.filter((event) => {
		const scope = SCOPE_OF_EVENT[event];
		return scope !== null && !granted.has(scope);
	});
	const repair =
		'Paste `slack-manifest.yaml` (App Manifest), or add them under OAuth & Permissions; then reinstall the app.';
	const deaf: Finding[] =
		unheard.length === 0
			? []
			: [error(`Slack: the bot cannot be subscribed to ${unheard.join(', ')} without those scopes.`, repair)];
	return [error(`Slack: the bot lacks the ${plural('scope', missing.length)} ${missing.join(', ')}.`, repair), ...deaf];
}

/** Slack shows event subscriptions to the owner of an app only, so nothing is claimed of them. */
function subscriptions(): Finding {
	return ok(
		`Slack does not tell the bot its event subscriptions. If it hears nothing, compare Event Subscriptions with \`slack-manifest.yaml\`: ${EVENTS.join(', ')}.`,
	);
}

async function channelFinding(client: webApi.WebClient, channel: string, name: string): Promise<Finding> {
	const invite = `Type \`/invite @${name}\` in the channel.`;
	try {
		const { channel: found } = await client.conversations.info({ channel });
		const called = `#${found?.name ?? channel}`;
		if (found?.is_archived === true)
			return error(`Slack: ${called} is archived.`, 'Unarchive it, or name another channel.');
		if (found?.is_member === true || found?.is_im === true) return ok(`Slack: the bot is in ${called}.`);
		return {
			level: 'warning',
			what: `Slack: the bot is not in ${called}, so it hears no mention there.`,
			repair: invite,
		};
	} catch (thrown) {
		const refusal = refusalOf(thrown);
		if (refusal !== 'channel_not_found')
			return refused(`the look at ${channel}`, thrown, 'Repair what is said above first.');
		const repair = `${invite} The id, such as C0123456789, is at the end of the channel's details.`;
		return error(
			`Slack: the bot sees no channel ${channel}: it does not exist, or is private and the bot is not in it.`,
			repair,
		);
	}
}

function refused(what: string, thrown: unknown, repair: string): Finding {
	const refusal = refusalOf(thrown);
	if (refusal !== null) return error(`Slack refuses ${what} (${refusal}).`, repair);
	return error(`Slack cannot be reached: ${messageOf(thrown)}.`, 'Check the network, the proxy, and SLACK_API_URL.');
}

const ok = (what: string): Finding => ({ level: 'ok', what, repair: null });
const error = (what: string, repair: string): Finding => ({ level: 'error', what, repair });
const plural = (word: string, count: number) => (count === 1 ? word : `${word}s`);
