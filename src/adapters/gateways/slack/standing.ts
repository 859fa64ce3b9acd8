import type { webApi } from '@slack/bolt';
import { z } from 'zod';
import type { PrincipalKind, Standing } from '../../../core/gateway.ts';
import { refusalOf, waitOf } from './call-errors.ts';
import type { Workspace } from './workspaces.ts';

/** What Slack says when somebody cannot be seen from a workspace. */
const NOT_THERE = ['user_not_found', 'user_not_visible'];

const userSchema = z.object({
	id: z.string(),
	team_id: z.string().optional(),
	deleted: z.boolean().optional(),
	is_bot: z.boolean().optional(),
	is_restricted: z.boolean().optional(),
	is_ultra_restricted: z.boolean().optional(),
	is_stranger: z.boolean().optional(),
	enterprise_user: z.object({ teams: z.array(z.string()).optional() }).optional(),
	name: z.string().optional(),
	profile: z.object({ display_name: z.string().optional(), real_name: z.string().optional() }).optional(),
});
type SlackUser = z.infer<typeof userSchema>;

const groupsSchema = z.object({
	usergroups: z.array(z.object({ id: z.string(), users: z.array(z.string()).default([]) })),
});

/**
 * What Slack says now of somebody in a workspace; `groups`: in which user groups they are, too, where the app may ask.
 * Throws when it does not say who they are.
 */
export async function standingNow(
	client: webApi.WebClient,
	{ team }: Pick<Workspace, 'team'>,
	user: string,
	groups: boolean,
): Promise<Standing> {
	const asked = twice(() => client.users.info({ user })).catch((thrown: unknown) => {
		if (NOT_THERE.includes(refusalOf(thrown) ?? '')) return null;
		throw thrown;
	});
	const [info, roles] = await Promise.all([asked, groups ? groupsOf(client, user) : null]);
	if (info === null) return { kind: 'stranger', roles: [], name: null };
	const found = userSchema.parse(info.user);
	const names = [found.profile?.display_name, found.profile?.real_name, found.name];
	return { kind: kindOf(found, team), roles, name: names.find((name) => (name ?? '') !== '') ?? null };
}

/** A call that changes nothing, again once when it was not answered: nobody is turned away for one lost connection. */
async function twice<T>(call: () => Promise<T>): Promise<T> {
	try {
		return await call();
	} catch (thrown) {
		if (refusalOf(thrown) !== null || waitOf(thrown) !== null) throw thrown;
		return call();
	}
}

/** https://docs.slack.dev/reference/objects/user-object */
function kindOf(user: SlackUser, team: string): PrincipalKind {
	if (user.is_bot === true || user.id === 'USLACKBOT') return 'bot';
	const isHere = user.team_id === team || user.enterprise_user?.teams?.includes(team) === true;
	if (user.deleted === true || user.is_stranger === true || !isHere) return 'stranger';
	return user.is_restricted === true || user.is_ultra_restricted === true ? 'guest' : 'member';
}

/** Ids of the user groups somebody is in; null: Slack does not say, as to an app without the scope. */
async function groupsOf(client: webApi.WebClient, user: string): Promise<string[] | null> {
	try {
		const { usergroups } = groupsSchema.parse(await twice(() => client.usergroups.list({ include_users: true })));
		return usergroups.filter(({ users }) => users.includes(user)).map(({ id }) => id);
	} catch {
		return null;
	}
}
