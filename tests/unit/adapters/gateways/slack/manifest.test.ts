import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
	ASK_ABOUT,
	COMMAND,
	EVENTS,
	OLDER_EVENTS,
	SCOPE_OF_EVENT,
	SCOPES,
} from '../../../../../src/adapters/gateways/slack/app-shape.ts';
import { accountMethods } from '../../../../platforms/slack/account-methods.ts';
import { agentMethods } from '../../../../platforms/slack/agent-methods.ts';
import { chatMethods } from '../../../../platforms/slack/chat-methods.ts';
import { conversationMethods } from '../../../../platforms/slack/conversation-methods.ts';
import { fileMethods } from '../../../../platforms/slack/file-methods.ts';
import { streamMethods } from '../../../../platforms/slack/stream-methods.ts';
import { viewMethods } from '../../../../platforms/slack/view-methods.ts';

const FOLDER = 'src/adapters/gateways/slack';
const manifest = parse(readFileSync('slack-manifest.yaml', 'utf8'));
const sources = readdirSync(FOLDER)
	.map((file) => readFileSync(join(FOLDER, file), 'utf8'))
	.join('\n');

const known = {
	...accountMethods,
	...agentMethods,
	...chatMethods,
	...conversationMethods(false),
	...fileMethods,
	...streamMethods,
	...viewMethods,
};
/** Scopes that depend on the kind of channel. */
const byKind: Readonly<Record<string, readonly string[]>> = {
	'conversations.info': ['channels:read', 'groups:read', 'im:read'],
	'conversations.history': ['channels:history', 'groups:history', 'im:history'],
	'conversations.replies': ['channels:history', 'groups:history', 'im:history'],
};

/** Web API methods that the gateway calls: `'chat.postMessage'`, or `chat.postMessage(` of a client. */
const called = Object.keys(known).filter(
	(method) => sources.includes(`'${method}'`) || new RegExp(`\\b${method.replaceAll('.', '\\.')}\\(`).test(sources),
);

describe('slack-manifest.yaml', () => {
	it('asks for exactly the scopes that the code asks for', () => {
		expect(manifest.oauth_config.scopes.bot).toEqual([...SCOPES]);
	});

	it('asks for every scope that something needs, and for no other', () => {
		expect(called).toEqual(
			expect.arrayContaining(['chat.postMessage', 'users.info', 'views.open', 'conversations.join']),
		);
		const forMethods = called.flatMap((method) => [...(known[method]?.scopes ?? []), ...(byKind[method] ?? [])]);
		const forEvents = Object.values(SCOPE_OF_EVENT).filter((scope) => scope !== null);
		// The slash command, files that people send, and direct messages to people who cannot be told in a channel.
		const needed = [...forMethods, ...forEvents, 'commands', 'files:read', 'im:write'];
		expect([...new Set(needed)].sort()).toEqual([...SCOPES]);
	});

	it('subscribes to exactly the events that the code takes', () => {
		expect(manifest.settings.event_subscriptions.bot_events).toEqual([...EVENTS]);
		const block = /const events[^=]*= \{([\s\S]*?)\n\};/.exec(sources)?.[1] ?? '';
		const taken = [...block.matchAll(/^\t(\w+):/gm)].map(([, name]) => name);
		const subscribed = [...EVENTS, ...OLDER_EVENTS].map((name) => name.split('.')[0]);
		expect(taken.sort()).toEqual([...new Set(subscribed)].sort());
	});

	it('has the command, the shortcut, the home tab and the agent view', () => {
		const { slash_commands, shortcuts, app_home, agent_view } = manifest.features;
		expect(slash_commands.map(({ command }: { command: string }) => command)).toEqual([COMMAND]);
		expect(shortcuts).toMatchObject([{ type: 'message', callback_id: ASK_ABOUT }]);
		const tabs = { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false };
		expect(app_home).toEqual(tabs);
		expect(agent_view.agent_description).toMatch(/./);
		expect(manifest.settings).toMatchObject({ socket_mode_enabled: true, interactivity: { is_enabled: true } });
	});

	it('keeps to the lengths that Slack allows', () => {
		const { name, description, long_description } = manifest.display_information;
		expect([name.length <= 35, description.length <= 140]).toEqual([true, true]);
		expect([long_description.length >= 175, long_description.length <= 4000]).toEqual([true, true]);
	});
});
