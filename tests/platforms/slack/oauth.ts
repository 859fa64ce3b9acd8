import type { JsonObject } from './json.ts';
import { SlackRefusal } from './refusal.ts';
import { issueToken, type SlackTeam, type SlackWorld } from './world.ts';

/** Milliseconds a code is good for. https://docs.slack.dev/authentication/installing-with-oauth */
const CODE_LIFE_MS = 600_000;

export interface OAuth {
	/** A person in a team agrees to what an authorize URL asks: the URL the browser is sent to. */
	consent(authorizeUrl: string, team: SlackTeam, user: string): string;
	/** The same, but the person declines. */
	decline(authorizeUrl: string): string;
	/** `oauth.v2.access`, by a code or by a refresh token. */
	access(args: JsonObject, basic: { id: string; secret: string } | null): JsonObject;
}

interface Grant {
	team: SlackTeam;
	user: string;
	scopes: string[];
	redirectUri: string;
	expiresAt: number;
	used: boolean;
}

function redirectWith(query: URLSearchParams, more: Readonly<Record<string, string>>): string {
	const target = new URL(query.get('redirect_uri') ?? '');
	for (const [name, value] of Object.entries(more)) target.searchParams.set(name, value);
	target.searchParams.set('state', query.get('state') ?? '');
	return target.href;
}

export function createOAuth(world: SlackWorld): OAuth {
	const grants = new Map<string, Grant>();
	const refreshTokens = new Map<string, { team: SlackTeam; scopes: string[]; used: boolean }>();

	const tokenAnswer = (team: SlackTeam, scopes: string[]): JsonObject => {
		const { token, expiresAt } = issueToken(world, team, scopes);
		const answer = {
			access_token: token,
			token_type: 'bot',
			scope: scopes.join(','),
			bot_user_id: team.botUser,
			app_id: world.app.id,
			team: { id: team.id, name: team.name },
			enterprise: null,
			is_enterprise_install: false,
		};
		if (expiresAt === null) return answer;
		const refresh = world.nextId('xoxe-1-');
		refreshTokens.set(refresh, { team, scopes, used: false });
		return { ...answer, refresh_token: refresh, expires_in: world.app.tokenLifeSeconds };
	};

	const byRefreshToken = (token: unknown) => {
		const found = refreshTokens.get(String(token));
		if (found === undefined || found.used || !found.team.installed) throw new SlackRefusal('invalid_refresh_token');
		found.used = true;
		return tokenAnswer(found.team, found.scopes);
	};

	const byCode = (args: JsonObject) => {
		const grant = grants.get(String(args.code));
		if (grant === undefined || world.clock.now() > grant.expiresAt) throw new SlackRefusal('invalid_code');
		if (grant.used) throw new SlackRefusal('code_already_used');
		if (args.redirect_uri !== undefined && args.redirect_uri !== grant.redirectUri)
			throw new SlackRefusal('bad_redirect_uri');
		grant.used = true;
		return { ...tokenAnswer(grant.team, grant.scopes), authed_user: { id: grant.user } };
	};

	return {
		consent(authorizeUrl, team, user) {
			const query = new URL(authorizeUrl).searchParams;
			if (query.get('client_id') !== world.app.clientId) throw new SlackRefusal('invalid_client_id');
			const scopes = (query.get('scope') ?? '').split(',').filter((scope) => scope !== '');
			if (scopes.length === 0) throw new SlackRefusal('invalid_scope_requested');
			const code = world.nextId('code.');
			const expiresAt = world.clock.now() + CODE_LIFE_MS;
			const redirectUri = query.get('redirect_uri') ?? '';
			grants.set(code, { team, user, scopes, redirectUri, expiresAt, used: false });
			return redirectWith(query, { code });
		},
		decline: (authorizeUrl) => redirectWith(new URL(authorizeUrl).searchParams, { error: 'access_denied' }),
		access(args, basic) {
			if ((basic?.id ?? args.client_id) !== world.app.clientId) throw new SlackRefusal('invalid_client_id');
			if ((basic?.secret ?? args.client_secret) !== world.app.clientSecret) throw new SlackRefusal('bad_client_secret');
			return args.grant_type === 'refresh_token' ? byRefreshToken(args.refresh_token) : byCode(args);
		},
	};
}
