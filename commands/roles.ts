import { z } from 'zod';
import type { GrantView, Subject } from '../src/core/access.ts';
import type { Command } from '../src/core/command.ts';
import { revealedText } from '../src/core/foreign-text.ts';
import type { Say } from '../src/core/say.ts';

const options = z.strictObject({
	action: z.enum(['list', 'grant', 'revoke']).default('list'),
	role: z.string().min(1).max(100).optional(),
	to: z.string().min(1).max(300).optional(),
	here: z.boolean().default(false),
});

/** `/massgen roles`: who may do what in this server or workspace. People and groups are named by id, never by name. */
export const roles: Command<typeof options> = {
	name: 'roles',
	permission: 'role:read',
	reach: 'everywhere',
	options,
	async run({ action, role, to, here }, bot, { id, session, principal, demand, say, reply }) {
		const known = [...bot.roles.roles().keys()].join(', ');
		if (action === 'list') return reply(listOf(await bot.roles.list(session), known, say));
		await demand('role:assign');
		if (role === undefined || to === undefined) return reply(say('roles.which', { roles: known }));
		const subject = subjectOf(to, principal.platform);
		if (subject === null) return reply(say('roles.no_id', { to: revealedText(to) }));
		const request = { by: principal, session, request: id, role, to: subject, onlyHere: here };
		const result = await bot.roles[action](request);
		if (result.type === 'refused') {
			return reply(say(`roles.refused.${result.why}`, { role: revealedText(role), roles: known }));
		}
		const who = revealedText(result.name ?? subject.id);
		await reply(say(action === 'grant' ? 'roles.granted' : 'roles.revoked', { role, who }));
	},
};

function listOf(grants: readonly GrantView[], known: string, say: Say): string {
	const rows = grants.map(({ role, to, channel, name, fixed }) => {
		const who = name === null ? to.id : `${revealedText(name)} (${to.id})`;
		const where = channel === null ? say('roles.everywhere') : say('roles.in_channel', { channel });
		return say(fixed ? 'roles.row_fixed' : 'roles.row', { role, who: say(`roles.${to.type}`, { who }), where });
	});
	return [...(rows.length === 0 ? [say('roles.none')] : rows), say('roles.known', { roles: known })].join('\n');
}

const MENTIONS: readonly (readonly [RegExp, Subject['type']])[] = [
	[/^<@!?([A-Z0-9]+)(?:\|[^>]*)?>$/, 'user'],
	[/^<@&(\d+)>$/, 'group'],
	[/^<!subteam\^([A-Z0-9]+)(?:\|[^>]*)?>$/, 'group'],
	[/^@?user:(\S+)$/, 'user'],
	[/^@?group:(\S+)$/, 'group'],
];

/** Ids of themselves, by platform: what a person copies out of it. */
const BARE: Readonly<Record<string, readonly (readonly [RegExp, Subject['type']])[]>> = {
	discord: [[/^(\d{15,20})$/, 'user']],
	slack: [
		[/^@?([UW][A-Z0-9]+)$/, 'user'],
		[/^@?(S[A-Z0-9]+)$/, 'group'],
	],
};

/** Whom a text means: a mention, `user:ID`, `group:ID`, or an id alone. Null: no id. */
function subjectOf(text: string, platform: string): Subject | null {
	const shapes = [...MENTIONS, ...(BARE[platform] ?? [[/^(\S+)$/, 'user'] as const])];
	for (const [shape, type] of shapes) {
		const id = shape.exec(text.trim())?.[1];
		if (id !== undefined) return { type, id };
	}
	return null;
}
