import type { FakeSlack } from '../../platforms/slack/fake-slack.ts';
import type { Person } from '../../platforms/slack/person.ts';
import type { SlackMessage, SlackUser } from '../../platforms/slack/world.ts';
import type { QuickClock } from '../../support/quick-clock.ts';
import { wordsOf as messageWords, stage } from '../slack/stage.ts';
import type { Actor, Button, Card, Place, PlaceOptions } from './place.ts';

const GROUP = 'S1';

export const isCard = ({ blocks }: SlackMessage): boolean => JSON.stringify(blocks).includes('Request `');

/** Workspace T1 of the fake Slack, with the program on it; the run is in C1. */
export async function onSlack(options: PlaceOptions, clock: QuickClock): Promise<Place> {
	const env = { OWNERS: 'slack:T1:U1', SLACK_APPROVALS_CHANNELS: 'C2', ...options.env };
	const on = await stage('socket', { ...options, env, clock });
	const { slack, ada, grace } = on;
	const team = slack.team('T1');
	const group = { id: GROUP, handle: 'approvers', users: [] as string[] };
	team.userGroups.push(group);
	// The fallback is a channel that the bot was invited to.
	team.channels.get('C2')?.members.add(team.botUser);
	const own = () => ['C1', 'C2'].flatMap((one) => slack.messages('T1', one)).filter(({ bot }) => bot === team.botId);
	const cardMessages = () => own().filter(isCard);
	const userOf = (who: Actor): SlackUser => {
		const user = team.users.get(who.id);
		if (user === undefined) throw new Error(`no user ${who.id}`);
		return user;
	};
	const actor = (person: Person) => actorOf(slack, person);

	return {
		tenant: 'T1',
		...{ events: on.events, problems: on.problems, violations: slack.violations, app: on.app },
		owner: actor(ada),
		asker: actor(grace),
		join(name) {
			const id = `U${team.users.size + 1}`;
			team.users.set(id, { id, name, locale: 'en-GB', isBot: false, isGuest: false, homeTeam: null });
			for (const channel of team.channels.values()) channel.members.add(id);
			return actor(slack.person('T1', id));
		},
		group: {
			add: (who) => void group.users.push(who.id),
			remove(who) {
				group.users = group.users.filter((id) => id !== who.id);
			},
			rename(name) {
				group.handle = name;
			},
		},
		become(who, standing) {
			const user = userOf(who);
			if (standing === 'guest') user.isGuest = true;
			else if (standing === 'bot') user.isBot = true;
			else user.homeTeam = 'T9';
		},
		cards: () => cardMessages().map(cardOf),
		thread: () =>
			own()
				.map(messageWords)
				.join('\n')
				.replace(/"block_id":"b\d+\w*",/g, ''),
		async deleteCard() {
			for (const message of cardMessages()) await ada.remove(message);
		},
		loseChannel: () => void team.channels.get('C1')?.members.delete(team.botUser),
		async elsewhere({ id, message }) {
			slack.addTeam({ id: 'T2' });
			const { live: _, ...seen } = message as Seen;
			return [
				{ by: actor(ada), button: { id, message: { ...seen, channel: 'C2' } } },
				{ by: actor(slack.person('T2', 'U1')), button: { id, message: { ...seen, team: 'T2' } } },
			];
		},
		restart: on.restart,
		until: on.until,
	};
}

const buttonsIn = ({ blocks }: SlackMessage) => [
	...JSON.stringify(blocks).matchAll(/"action_id":"(mg_[\w-]+)","text":\{[^}]*"text":"([^"]*)"/g),
];

export function cardOf(message: SlackMessage): Card {
	const buttons = buttonsIn(message);
	const seen: Seen = { ...message, live: message };
	return {
		text: messageWords(message),
		buttons: buttons.map(([, , label = '']) => label),
		button(label) {
			const found = buttons.find(([, , text]) => text === label)?.[1];
			if (found === undefined) throw new Error(`no button ${label} on ${messageWords(message)}`);
			return { id: found, message: seen };
		},
	};
}

/** A message as it was seen. */
interface Seen extends SlackMessage {
	live?: SlackMessage;
}

/** The message itself while it has the button, else as it was seen; a button that was never there is put there. */
function surfaceOf({ id, message }: Button): SlackMessage {
	const { live, ...seen } = message as Seen;
	const has = (one: SlackMessage) => JSON.stringify(one.blocks).includes(`"${id}"`);
	if (live !== undefined && !live.deleted && has(live)) return live;
	if (has(seen)) return { ...seen, deleted: false };
	const forged = { type: 'button', action_id: id, text: { type: 'plain_text', text: 'forged' } };
	return { ...seen, blocks: [{ type: 'actions', elements: [forged] }], deleted: false };
}

export function actorOf(slack: FakeSlack, person: Person): Actor {
	const press = (button: Button) => person.press(surfaceOf(button), button.id);
	return {
		id: person.id,
		async ask(question) {
			await person.mention('C1', question);
		},
		async say(text) {
			const root = slack.messages('T1', 'C1').findLast(({ threadTs }) => threadTs !== null)?.threadTs ?? '';
			await person.mention('C1', text, { threadTs: root });
		},
		async press(button, times = 1) {
			const delivery = await press(button);
			if (!delivery.acked) throw new Error(`Slack says: ${delivery.error}`);
			for (let time = 1; time < times; time += 1) await slack.deliveries.again(delivery, 0);
		},
		async fill(button, text) {
			await press(button);
			const view = await slack.waitFor(() => person.modal(), 'the form');
			await person.submit(view, text === undefined ? {} : { text });
		},
		async grant(role, to) {
			const id = to === 'group' ? GROUP : to.id;
			await person.command('C1', '/massgen', `roles grant --role ${role} --to ${id}`);
			await slack.waitFor(
				() => person.ephemerals().some((one) => messageWords(one).includes(`has the role ${role}`)),
				'the grant',
			);
		},
		heard: () => person.ephemerals().map(messageWords),
	};
}
