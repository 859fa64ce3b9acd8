import { issueToken, type SlackApp, type SlackChannel, type SlackTeam, type SlackWorld } from './world.ts';

export interface NewTeam {
	id: string;
	/** Whether the app is installed from the start; true by default. */
	installed?: boolean;
}

const SCOPES = [
	'app_mentions:read',
	'assistant:write',
	'channels:history',
	'channels:join',
	'channels:read',
	'chat:write',
	'commands',
	'files:read',
	'files:write',
	'groups:history',
	'groups:read',
	'im:history',
	'im:read',
	'im:write',
	'reactions:write',
	'usergroups:read',
	'users:read',
];

const EVENTS = [
	'agent_session_stopped',
	'app_home_opened',
	'app_mention',
	'app_uninstalled',
	'assistant_thread_context_changed',
	'assistant_thread_started',
	'message.channels',
	'message.groups',
	'message.im',
	'tokens_revoked',
];

/** An app with everything a chat bot asks for, but for what is given. */
export const newApp = (given: Partial<SlackApp>): SlackApp => ({
	id: 'A0000FAKE',
	name: 'massgen',
	clientId: '1111.2222',
	clientSecret: 'fake-client-secret',
	signingSecret: 'fake-signing-secret',
	appToken: 'xapp-1-A0000FAKE-fake',
	scopes: [...SCOPES],
	events: new Set(EVENTS),
	agent: true,
	tokenLifeSeconds: null,
	restrictedHistory: false,
	...given,
});

const channel = (id: string, name: string, kind: SlackChannel['kind'], members: string[], archived = false) =>
	[id, { id, name, kind, members: new Set(members), archived }] as const;

const user = (id: string, name: string, locale: string, isBot = false) =>
	[id, { id, name, locale, isBot, isGuest: false, homeTeam: null }] as const;

/** Adds a team; its channels have the same ids as those of every other team. */
export function addTeam(world: SlackWorld, { id, installed = true }: NewTeam): SlackTeam {
	const botUser = `UBOT${id}`;
	const people = ['U1', 'U2'];
	const team: SlackTeam = {
		id,
		name: `Team ${id}`,
		domain: `team-${id.toLowerCase()}`,
		botUser,
		botId: `B${id}`,
		installed: false,
		users: new Map([
			user('U1', 'ada', 'en-GB'),
			user('U2', 'grace', 'de-DE'),
			user(botUser, world.app.name, 'en-US', true),
		]),
		userGroups: [],
		channels: new Map([
			channel('C1', 'general', 'public', [...people, botUser]),
			channel('C2', 'random', 'public', people),
			channel('C3', 'old', 'public', [...people, botUser], true),
			channel('G1', 'secret', 'private', people),
		]),
		messages: [],
		ephemerals: [],
		files: new Map(),
		views: new Map(),
		sessions: [],
		assistantThreads: [],
	};
	world.teams.set(id, team);
	if (installed) issueToken(world, team, world.app.scopes);
	return team;
}
