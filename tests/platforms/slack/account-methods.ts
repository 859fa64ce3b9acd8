import { type Call, flagOf, type Methods, optional, required } from './call.ts';
import type { JsonObject } from './json.ts';
import { SlackRefusal } from './refusal.ts';
import type { SlackTeam, SlackWorld } from './world.ts';

function authTest(call: Call): JsonObject {
	const { team } = call;
	return {
		url: `https://${team.domain}.slack.com/`,
		team: team.name,
		user: call.world.app.name,
		team_id: team.id,
		user_id: team.botUser,
		bot_id: team.botId,
		is_enterprise_install: false,
	};
}

function userInfo(call: Call): JsonObject {
	const user = call.team.users.get(required(call, 'user'));
	if (user === undefined) throw new SlackRefusal('user_not_found');
	return {
		user: {
			id: user.id,
			team_id: user.homeTeam ?? call.team.id,
			name: user.name,
			real_name: user.name,
			deleted: false,
			is_bot: user.isBot,
			is_restricted: user.isGuest,
			is_ultra_restricted: false,
			is_admin: false,
			is_owner: false,
			...(user.homeTeam === null ? {} : { is_stranger: true }),
			tz: 'Europe/London',
			profile: { display_name: user.name, real_name: user.name },
			...(flagOf(call, 'include_locale') === true ? { locale: user.locale } : {}),
		},
	};
}

/** https://docs.slack.dev/reference/methods/usergroups.list */
function userGroups(call: Call): JsonObject {
	const withUsers = flagOf(call, 'include_users') === true;
	const usergroups = call.team.userGroups.map(({ id, handle, users }) => ({
		id,
		team_id: call.team.id,
		is_usergroup: true,
		name: handle,
		handle,
		user_count: users.length,
		...(withUsers ? { users } : {}),
	}));
	return { usergroups };
}

/** Takes every token of a team away and tells the app so. */
export function endInstallation(world: SlackWorld, team: SlackTeam, uninstalled: boolean): void {
	for (const token of world.tokens.values()) {
		if (token.team === team.id) token.revoked = true;
	}
	team.installed = false;
	world.emit(team, { type: 'tokens_revoked', tokens: { oauth: [], bot: [team.botUser] } });
	if (uninstalled) world.emit(team, { type: 'app_uninstalled' });
	world.ledger.changed();
}

function revoke(call: Call): JsonObject {
	if (flagOf(call, 'test') === true) return { revoked: false };
	endInstallation(call.world, call.team, false);
	return { revoked: true };
}

function uninstall(call: Call): JsonObject {
	const { app } = call.world;
	if (optional(call, 'client_id') !== app.clientId) throw new SlackRefusal('invalid_client_id');
	if (optional(call, 'client_secret') !== app.clientSecret) throw new SlackRefusal('bad_client_secret');
	endInstallation(call.world, call.team, true);
	return {};
}

/** Who the app is, who people are, and the end of an installation. */
export const accountMethods: Methods = {
	'auth.test': { tier: 'special', scopes: [], run: authTest },
	'auth.revoke': { tier: 'tier3', scopes: [], run: revoke },
	'apps.uninstall': { tier: 'tier1', scopes: [], run: uninstall },
	'usergroups.list': { tier: 'tier2', scopes: ['usergroups:read'], run: userGroups },
	'users.info': { tier: 'tier4', scopes: ['users:read'], run: userInfo },
};
