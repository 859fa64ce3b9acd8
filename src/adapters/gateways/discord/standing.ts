import type { BaseInteraction, Client, GuildMember, Message } from 'discord.js';
import type { Standing } from '../../../core/gateway.ts';
import { apiCodeOf } from './api-code.ts';

/** `GuildMemberFlags` of discord-api-types: who has come by an invitation to a voice channel and will be gone with it. */
const IS_GUEST = 1 << 4;
/** Unknown member, unknown user (docs, topics/opcodes). */
const NOT_THERE = [10007, 10013];

/** What Discord says with an interaction of who did it. */
export function standingOf({ guildId, user, member }: Pick<BaseInteraction, 'guildId' | 'user' | 'member'>): Standing {
	if (user.bot) return { kind: 'bot', roles: null, name: user.displayName };
	if (guildId === null) return { kind: 'member', roles: [], name: user.displayName };
	// Somebody who uses an app of their own where they do not belong.
	if (member === null) return { kind: 'stranger', roles: [], name: user.displayName };
	if ('guild' in member) return standingOfMember(member);
	const { roles, flags, pending, nick } = member;
	return { kind: kindOf(flags, pending ?? false), roles: [guildId, ...roles], name: nick ?? user.displayName };
}

/** What Discord says with a message of who wrote it; null: nothing. */
export function standingOfAuthor({ guildId, author, member }: Message): Standing | null {
	if (guildId === null) return { kind: 'member', roles: [], name: author.displayName };
	return member === null ? null : standingOfMember(member);
}

/** What Discord says now of somebody in a server (null: in direct conversations). Throws when it does not say. */
export async function standingNow(client: Client, guildId: string | null, user: string): Promise<Standing> {
	if (guildId === null) return { kind: 'member', roles: [], name: null };
	const guild = await client.guilds.fetch(guildId);
	try {
		return standingOfMember(await guild.members.fetch({ user, force: true }));
	} catch (error) {
		if (NOT_THERE.includes(Number(apiCodeOf(error)))) return { kind: 'stranger', roles: [], name: null };
		throw error;
	}
}

function standingOfMember(member: GuildMember): Standing {
	const { user, flags, pending, roles, displayName: name } = member;
	if (user.bot) return { kind: 'bot', roles: null, name };
	return { kind: kindOf(flags.bitfield, pending), roles: [...roles.cache.keys()], name };
}

/** Who has not agreed to the rules of the server yet is a guest, too. */
const kindOf = (flags: number, pending: boolean) => ((flags & IS_GUEST) !== 0 || pending ? 'guest' : 'member');
