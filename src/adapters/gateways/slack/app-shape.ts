/** The slash command. */
export const COMMAND = '/massgen';
/** The message shortcut that asks about a message. */
export const ASK_ABOUT = 'massgen_ask_about';
/** Modals, by their callback id. */
export const ASK_MODAL = 'massgen_ask';
export const FOLLOW_UP_MODAL = 'massgen_follow_up';
export const APPROVAL_MODAL = 'massgen_approval';
export const FORM_MODAL = 'massgen_form';

/** What the app's token must allow: no more than is used. `slack-manifest.yaml` asks for exactly these. */
export const SCOPES = [
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
	'usergroups:read',
	'users:read',
] as const;

/** What Slack tells the app of, as the manifest writes it. */
export const EVENTS = [
	'agent_session_stopped',
	'app_home_opened',
	'app_mention',
	'app_uninstalled',
	'message.channels',
	'message.groups',
	'message.im',
	'tokens_revoked',
] as const;

/**
 * Sent to apps that still have the older `assistant_view`; the manifest declares `agent_view`, where opening the
 * messages tab says the same. https://docs.slack.dev/ai/migrating-to-agent-messaging/
 */
export const OLDER_EVENTS = ['assistant_thread_started'] as const;

/** The scope without which Slack does not send an event. */
export const SCOPE_OF_EVENT: Readonly<Record<(typeof EVENTS)[number], (typeof SCOPES)[number] | null>> = {
	agent_session_stopped: 'assistant:write',
	app_home_opened: null,
	app_mention: 'app_mentions:read',
	app_uninstalled: null,
	'message.channels': 'channels:history',
	'message.groups': 'groups:history',
	'message.im': 'im:history',
	tokens_revoked: null,
};
