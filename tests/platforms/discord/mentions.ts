import { everyComponent } from './check-components.ts';
import { may } from './permissions.ts';
import { type Data, dataOf, isData, listOf, textOf } from './wire.ts';
import type { Channel, User, World } from './world.ts';

export interface Mentions {
	users: readonly string[];
	roles: readonly string[];
	everyone: boolean;
	/** What pings although the sender did not name it one by one: `@everyone`, `<@1>`. */
	careless: readonly string[];
}

interface Allowed {
	everyone: boolean;
	user: (id: string) => boolean;
	role: (id: string) => boolean;
	named: (id: string) => boolean;
}

function allowedBy(body: Data): Allowed {
	const given = body.allowed_mentions;
	if (!isData(given)) return { everyone: true, user: () => true, role: () => true, named: () => false };
	const parse = listOf(given.parse);
	const users = listOf(given.users);
	const roles = listOf(given.roles);
	return {
		everyone: parse.includes('everyone'),
		user: (id) => parse.includes('users') || users.includes(id),
		role: (id) => parse.includes('roles') || roles.includes(id),
		named: (id) => users.includes(id) || roles.includes(id),
	};
}

/** All text of a message that Discord reads mentions in. */
const mentionText = (content: string, components: readonly unknown[]): string =>
	[content, ...everyComponent(components).map(({ content: text }) => textOf(text))].join('\n');

const idsIn = (text: string, pattern: RegExp): readonly string[] => [
	...new Set([...text.matchAll(pattern)].map(([, id]) => id ?? '')),
];

/** Whom a new message of `author` pings in a channel; `replied` is the author of the message it replies to. */
export function mentionsOf(world: World, channel: Channel, author: User, body: Data, replied: User | null): Mentions {
	const text = mentionText(textOf(body.content), listOf(body.components)).replaceAll(/`[^`]*`/g, '');
	const allowed = allowedBy(body);
	const guild = world.guilds.get(channel.guildId ?? '');
	const mayAll = may(world, author.id, channel, 'MentionEveryone');
	const users = idsIn(text, /<@!?(\d+)>/g).filter((id) => world.users.has(id) && allowed.user(id));
	const roles = idsIn(text, /<@&(\d+)>/g).filter((id) => {
		const role = guild?.roles.find((known) => known.id === id);
		return role !== undefined && (role.mentionable || mayAll) && allowed.role(id);
	});
	const everyone = guild !== undefined && mayAll && allowed.everyone && /@(everyone|here)/.test(text);
	const given = body.allowed_mentions;
	const pingsReplied = replied !== null && (isData(given) ? dataOf(given).replied_user === true : true);
	const reply = pingsReplied && replied !== null ? [replied.id] : [];
	const careless = [
		...(everyone ? ['@everyone'] : []),
		...users.filter((id) => !allowed.named(id)).map((id) => `<@${id}>`),
		...roles.filter((id) => !allowed.named(id)).map((id) => `<@&${id}>`),
		...(pingsReplied && !isData(given) ? ['the author of the replied-to message'] : []),
	];
	return { users: [...new Set([...users, ...reply])], roles, everyone, careless };
}
