import type { REST } from 'discord.js';
import { messageOf } from '../../../core/errors.ts';
import type { Finding } from '../../../core/finding.ts';
import { apiCodeOf } from './api-code.ts';
import { COMMAND_NAME } from './app-commands.ts';
import { createRestOnce } from './discord-client.ts';
import { inviteLink, missingFor, missingForComfort, missingForThreads } from './permissions.ts';
import { type PermissionFacts, permissionsIn } from './permissions-in.ts';
import { stopTimers } from './stop-timers.ts';

interface Checked {
	/** A secret. */
	token: string;
	api: string | null;
	guild: string | null;
	messageContent: boolean;
}

interface Application {
	id: string;
	name: string;
	flags?: number;
}

interface AnyChannel {
	type: number;
	name?: string;
	guild_id?: string;
	parent_id?: string | null;
	permission_overwrites?: PermissionFacts['overwrites'];
}

type Ask = Pick<REST, 'get'>;

/** `GATEWAY_MESSAGE_CONTENT` and its limited form for bots in few servers (docs, resources/application). */
const MAY_READ = (1 << 18) | (1 << 19);
/** Threads of `ChannelType`. */
const THREADS: readonly number[] = [10, 11, 12];

const ok = (what: string): Finding => ({ level: 'ok', what, repair: null });

/** What is well with the bot on Discord, what is not, and the link that invites it. `channel`: one to look at closely. */
export async function discordFindings(settings: Checked, channel: string | null): Promise<Finding[]> {
	const { token, api, messageContent } = settings;
	const rest = await createRestOnce({ token, api });
	try {
		const application = (await rest.get('/applications/@me')) as Application;
		return [
			ok(`Discord knows the bot as ${application.name}.`),
			...(messageContent ? [intentFinding(application)] : []),
			await commandFinding(rest, application, settings),
			...(channel === null ? [] : [await channelFinding(rest, application, channel)]),
			ok(`To invite the bot to a server, open ${inviteLink(application.id)}`),
		];
	} catch (error) {
		return [connectionFinding(error, api)];
	} finally {
		stopTimers(rest);
	}
}

function connectionFinding(error: unknown, api: string | null): Finding {
	if (error instanceof Error && 'status' in error && error.status === 401) {
		const repair =
			'Copy the token from the page Bot of your application in the developer portal (Reset Token shows it once).';
		return { level: 'error', what: 'Discord refuses the token in DISCORD_TOKEN.', repair };
	}
	const host = api === null ? 'discord.com' : new URL(api).host;
	const what = `Discord cannot be asked at ${host}: ${messageOf(error)}.`;
	return { level: 'error', what, repair: 'Check the network, the proxy and DISCORD_API_URL, and try again.' };
}

function intentFinding({ flags = 0 }: Application): Finding {
	if ((flags & MAY_READ) !== 0) return ok('The Message Content Intent is granted.');
	const what = 'DISCORD_MESSAGE_CONTENT=yes needs the Message Content Intent, which this application does not have.';
	const repair =
		'Turn it on in the developer portal under Bot, Privileged Gateway Intents; or set DISCORD_MESSAGE_CONTENT=no.';
	return { level: 'error', what, repair };
}

async function commandFinding(rest: Ask, { id }: Application, { guild }: Checked): Promise<Finding> {
	const where = guild === null ? '' : `/guilds/${guild}`;
	const place = guild === null ? 'everywhere' : `in the server ${guild}`;
	try {
		const commands = (await rest.get(`/applications/${id}${where}/commands`)) as { name: string }[];
		if (commands.some(({ name }) => name === COMMAND_NAME)) return ok(`/${COMMAND_NAME} is registered ${place}.`);
	} catch (error) {
		if (apiCodeOf(error) === null || guild === null) throw error;
		const repair = 'Invite the bot there with the link below, or correct DISCORD_DEV_GUILD.';
		return { level: 'error', what: `The bot is not in the server ${guild} of DISCORD_DEV_GUILD.`, repair };
	}
	const repair = 'Register it with `npm run deploy-commands`, or set DISCORD_DEPLOY=yes.';
	return { level: 'warning', what: `/${COMMAND_NAME} is not registered ${place}.`, repair };
}

async function channelFinding(rest: Ask, { id: bot }: Application, channel: string): Promise<Finding> {
	const invisible = (): Finding => ({
		level: 'error',
		what: `The bot does not see the channel ${channel}.`,
		repair:
			'Check the id (right-click the channel, Copy Channel ID), invite the bot with the link below, and give it View Channels there.',
	});
	try {
		const here = (await rest.get(`/channels/${channel}`)) as AnyChannel;
		const { guild_id: guildId } = here;
		if (guildId === undefined) return ok('That is a direct conversation: nothing has to be allowed there.');
		const isThread = THREADS.includes(here.type);
		const holder = isThread ? ((await rest.get(`/channels/${here.parent_id}`)) as AnyChannel) : here;
		const guild = (await rest.get(`/guilds/${guildId}`)) as PermissionFacts['guild'];
		const member = (await rest.get(`/guilds/${guildId}/members/${bot}`)) as PermissionFacts['member'];
		const bits = permissionsIn({ guild, member, overwrites: holder.permission_overwrites ?? [] });
		return permissionFinding(here.name ?? channel, isThread, bits) ?? invisible();
	} catch (error) {
		if (apiCodeOf(error) === null) throw error;
		return invisible();
	}
}

/** Null: it does not see the channel. */
function permissionFinding(name: string, isThread: boolean, bits: bigint): Finding | null {
	const missing = missingFor(isThread ? 'thread' : 'channel', bits);
	const threads = isThread ? [] : missingForThreads(bits);
	const comfort = missingForComfort(bits);
	if (missing.includes('View Channels')) return null;
	const all = [...new Set([...missing, ...threads, ...comfort])];
	const repair = `Give the bot ${all.join(', ')} in the permissions of the channel.`;
	if (missing.length > 0) return { level: 'error', what: `The bot cannot answer in #${name}.`, repair };
	if (all.length === 0) return ok(`The bot may do what it needs in #${name}.`);
	const what =
		threads.length > 0 ? 'open threads, so it answers there by replies' : 'show everything: files or references';
	return { level: 'warning', what: `The bot cannot ${what} in #${name}.`, repair };
}
