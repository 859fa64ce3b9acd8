import { ADMINISTRATOR, EVERYTHING } from './permissions.ts';

interface Overwrite {
	id: string;
	allow: string;
	deny: string;
}

/** What the API says of a server, of the bot in it, and of a channel or the channel of a thread. */
export interface PermissionFacts {
	guild: { id: string; owner_id: string; roles: readonly { id: string; permissions: string }[] };
	member: { user: { id: string }; roles: readonly string[] };
	overwrites: readonly Overwrite[];
}

/** What a member may do in a channel, worked out as docs, topics/permissions, describes it. */
export function permissionsIn({ guild, member, overwrites }: PermissionFacts): bigint {
	const held = [guild.id, ...member.roles];
	const own = guild.roles.filter(({ id }) => held.includes(id));
	const base = own.reduce((bits, { permissions }) => bits | BigInt(permissions), 0n);
	if (guild.owner_id === member.user.id || (base & ADMINISTRATOR) !== 0n) return EVERYTHING;
	const steps = [[guild.id], member.roles, [member.user.id]];
	return steps.reduce((bits, ids) => {
		const chosen = overwrites.filter(({ id }) => ids.includes(id));
		const denied = chosen.reduce((sum, { deny }) => sum | BigInt(deny), 0n);
		const allowed = chosen.reduce((sum, { allow }) => sum | BigInt(allow), 0n);
		return (bits & ~denied) | allowed;
	}, base);
}
