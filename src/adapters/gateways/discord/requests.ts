import type { APIMessage, APIThreadChannel, REST } from 'discord.js';
import type { Clock } from '../../../core/clock.ts';
import type { Say } from '../../../core/say.ts';
import { apiCodeOf } from './api-code.ts';
import { createChannelTraffic } from './channel-traffic.ts';
import { CODES } from './codes.ts';
import type { DiscordBody } from './discord-body.ts';
import type { DiscordSpot } from './discord-spot.ts';
import { AUTO_ARCHIVE_MINUTES, LIMITS } from './limits.ts';
import { loadedFiles } from './loaded-files.ts';
import { type SizedBody, sizedFiles } from './sized-files.ts';
import { changedMessage, newMessage, type PostOptions } from './wire-message.ts';

export interface RequestsOptions {
	/** The client's own: it keeps to the limits that Discord tells, and repeats what a server error broke off. */
	rest: REST;
	/** One that never repeats a request (`retries: 0`), for what has no nonce. */
	restOnce: REST;
	clock: Clock;
	/** The bytes of a kept file; null: it is not kept any more. */
	keptFile(id: string): Promise<Uint8Array | null>;
}

/** What the poster asks of Discord. Everything rejects with the SDK's errors. */
export type Requests = ReturnType<typeof createRequests>;

export type Found = Pick<APIMessage, 'id' | 'content' | 'author' | 'components'>;

export function createRequests({ rest, restOnce, clock, keptFile }: RequestsOptions) {
	const traffic = createChannelTraffic(clock);

	/** Files that are not taken: once more packed if they were too large, then without. */
	const withFiles = async <Result>(
		body: DiscordBody,
		{ maxFileBytes }: DiscordSpot,
		say: Say,
		send: (sized: SizedBody) => Promise<Result>,
	): Promise<Result> => {
		if (body.files.length === 0) return send({ body, data: [] });
		const files = await loadedFiles(body.files, keptFile);
		const smallest = Math.min(...files.loaded.map(({ data }) => data.length));
		for (const most of [maxFileBytes ?? LIMITS.fileBytes, smallest - 1]) {
			try {
				return await send(sizedFiles(body, files, most, say));
			} catch (error) {
				const code = apiCodeOf(error);
				if (code === CODES.missingPermissions) break;
				if (code !== CODES.tooLarge) throw error;
			}
		}
		return send(sizedFiles(body, files, 0, say));
	};

	return {
		/** `isNew` is false when the nonce was known already, for a message that says something else. */
		send: (channel: string, body: DiscordBody, spot: DiscordSpot, say: Say, options: PostOptions) =>
			withFiles(body, spot, say, ({ body: sized, data }) => {
				const json = newMessage(sized, options);
				const act = async () => {
					const path = `/channels/${channel}/messages` as const;
					const { id, content } = (await rest.post(path, { body: json, files: [...data] })) as Found;
					return { id, isNew: content === sized.content.trim() };
				};
				return traffic.send({ kind: 'post', channel, optional: data.length > 0, act });
			}),

		change: (channel: string, message: string, body: DiscordBody, spot: DiscordSpot, say: Say) =>
			withFiles(body, spot, say, ({ body: sized, data }) => {
				const json = changedMessage(sized);
				const act = async () => {
					await rest.patch(`/channels/${channel}/messages/${message}`, { body: json, files: [...data] });
				};
				return traffic.send({ kind: 'edit', channel, optional: data.length > 0, act });
			}),

		remove(channel: string, message: string): Promise<void> {
			const act = async () => {
				await rest.delete(`/channels/${channel}/messages/${message}`);
			};
			return traffic.send({ kind: 'edit', channel, act });
		},

		/** The server that a channel is in; null: none. */
		async guildOf(channel: string): Promise<string | null> {
			const act = async () => (await rest.get(`/channels/${channel}`)) as { guild_id?: string };
			return (await traffic.send({ kind: 'read', channel, act })).guild_id ?? null;
		},

		/** The latest messages, newest first. */
		latest(channel: string): Promise<readonly Found[]> {
			const query = new URLSearchParams({ limit: String(LIMITS.page) });
			const act = async () => (await rest.get(`/channels/${channel}/messages`, { query })) as readonly Found[];
			return traffic.send({ kind: 'read', channel, act });
		},

		/** A thread on a message; a refusal says nothing about the channel. */
		async openThread(channel: string, message: string, name: string): Promise<string> {
			const body = { name, auto_archive_duration: AUTO_ARCHIVE_MINUTES };
			const thread = (await rest.post(`/channels/${channel}/messages/${message}/threads`, {
				body,
			})) as APIThreadChannel;
			return thread.id;
		},

		async reopen(thread: string): Promise<void> {
			await rest.patch(`/channels/${thread}`, { body: { archived: false } });
		},

		/** A post in a forum; it has no nonce, so it is tried once. */
		postInForum(forum: string, name: string, body: DiscordBody): Promise<string> {
			const message = newMessage(body, { nonce: null, replyTo: null });
			const json = { name, auto_archive_duration: AUTO_ARCHIVE_MINUTES, message };
			const act = async () =>
				((await restOnce.post(`/channels/${forum}/threads`, { body: json })) as APIThreadChannel).id;
			return traffic.send({ kind: 'post', channel: forum, act });
		},

		/** The active posts of a forum that the bot made under this name. */
		async ownPosts(guild: string, forum: string, name: string, bot: string): Promise<readonly string[]> {
			const { threads } = (await rest.get(`/guilds/${guild}/threads/active`)) as {
				threads: readonly APIThreadChannel[];
			};
			const own = threads.filter(
				(thread) => thread.parent_id === forum && thread.owner_id === bot && thread.name === name,
			);
			return own.map(({ id }) => id);
		},
	};
}
