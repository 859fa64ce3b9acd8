import type { FakeDiscord, Person } from '../../platforms/discord/discord.ts';
import type { Answer } from '../../platforms/discord/person.ts';
import type { Channel, Message } from '../../platforms/discord/world.ts';
import type { QuickClock } from '../../support/quick-clock.ts';
import { READING, stage } from '../discord/stage.ts';
import type { Actor, Button, Card, Place, PlaceOptions } from './place.ts';

const GROUP = 'Approvers';

export const isCard = ({ author, ephemeralFor, content }: Message): boolean =>
	author.bot && ephemeralFor === null && content.includes('-# Request `');

/** Server Alpha of the fake Discord, with the program on it; the run is in #general. */
export async function onDiscord(options: PlaceOptions, clock: QuickClock): Promise<Place> {
	const on = await stage({
		...options,
		env: { ...READING.env, ...options.env },
		discord: { ...READING.discord },
		owners: ['Ada'],
		clock,
		approvalsChannels: (fake) => [fake.channel('Alpha', 'no-threads')],
	});
	const { discord } = on;
	const general = discord.channel('Alpha', 'general');
	const others = (['no-threads', 'questions'] as const).map((name) => discord.channel('Alpha', name));
	let group = GROUP;
	const thread = (): Channel => discord.threads(general).at(-1) ?? general;
	const shown = () => [general, ...discord.threads(general), ...others].flatMap((one) => discord.messages(one));
	const cardMessages = () => shown().filter(isCard);
	const people = new Map<Actor, Person>();
	const known = (actor: Actor): Person => {
		const found = people.get(actor);
		if (found === undefined) throw new Error(`nobody here is ${actor.id}`);
		return found;
	};
	const actor = (person: Person): Actor => {
		const made = actorOf(discord, person, { general, thread, roleId: () => discord.roleId('Alpha', group) });
		people.set(made, person);
		return made;
	};
	const ada = discord.person('Ada');

	return {
		tenant: discord.guildId('Alpha'),
		...{ events: on.events, problems: on.problems, violations: discord.violations, app: on.app },
		owner: actor(ada),
		asker: actor(discord.person('Cho')),
		join: (name) => actor(discord.join('Alpha', name)),
		group: {
			add: (who) => ada.giveRole(general, group, known(who).user),
			remove: (who) => ada.takeRole(general, group, known(who).user),
			rename(name) {
				ada.renameRole(general, group, name);
				group = name;
			},
		},
		become(who, standing) {
			const { user } = known(who);
			if (standing === 'guest') ada.makeGuest(general, user);
			else if (standing === 'bot') user.bot = true;
			else throw new Error('who does not belong to a server sees none of it');
		},
		cards: () => cardMessages().map(cardOf),
		thread: () =>
			shown()
				.filter(({ ephemeralFor }) => ephemeralFor === null)
				.map(({ content }) => content)
				.join('\n'),
		async deleteCard() {
			for (const message of cardMessages()) ada.delete(message);
		},
		loseChannel: () => ada.deleteChannel(general),
		async elsewhere({ id }) {
			const here = discord.channel('Alpha', 'no-threads');
			const there = discord.channel('Beta', 'general');
			const ben = discord.person('Ben');
			const places = [
				{ by: ada, channel: here },
				{ by: ben, channel: there },
			];
			return Promise.all(
				places.map(async ({ by, channel }) => {
					await by.slash(channel, 'massgen ask', { question: 'Anything?' });
					return { by: actor(by), button: { id, message: await on.message(channel, 'Anything?') } };
				}),
			);
		},
		restart: on.restart,
		until: untilOn(discord),
	};
}

/** Waits as the other platform's fake does. */
export const untilOn =
	(discord: FakeDiscord): Place['until'] =>
	async <T>(what: string, probe: () => T) => {
		const found = await discord.until(what, () => probe() || null);
		return found as Exclude<T, null | undefined | false | 0 | ''>;
	};

export function cardOf(message: Message): Card {
	const parts = JSON.stringify(message.components);
	const buttons = [...parts.matchAll(/"custom_id":"(mg_[\w-]+)"[^}]*"label":"([^"]*)"/g)];
	return {
		text: message.content,
		buttons: buttons.map(([, , label = '']) => label),
		button(label) {
			const found = buttons.find(([, , text]) => text === label)?.[1];
			if (found === undefined) throw new Error(`no button ${label} on ${message.content}`);
			return { id: found, message };
		},
	};
}

export function actorOf(
	discord: FakeDiscord,
	person: Person,
	place: { general: Channel; thread(): Channel; roleId(): string },
): Actor {
	const answers: Answer[] = [];
	const done = async (acting: Promise<Answer>): Promise<Answer> => {
		const answer = await acting;
		answers.push(answer);
		if (answer.saw === 'failed') throw new Error(`${person.user.displayName} saw that the application did not respond`);
		return answer;
	};
	const press = ({ id, message }: Button, twice = false) =>
		done(person.press(message as Message, id, { forged: true, twice }));
	return {
		id: person.user.id,
		async ask(question) {
			await done(person.slash(place.general, 'massgen ask', { question }));
		},
		async say(text) {
			person.say(place.thread(), `<@${discord.clientId}> ${text}`);
		},
		async press(button, times = 1) {
			await press(button, times > 1);
		},
		async fill(button, text) {
			const form = await press(button);
			if (form.saw !== 'modal') throw new Error('no form opened');
			await done(person.submit(form, text === undefined ? {} : { text }));
		},
		async grant(role, to) {
			const options = { action: 'grant', role, to: to === 'group' ? `<@&${place.roleId()}>` : to.id };
			const answer = await done(person.slash(place.general, 'massgen roles', options));
			await discord.until('the grant', () => answer.message()?.content.includes(`has the role ${role}`));
		},
		heard: () =>
			answers
				.flatMap((answer) => [answer.message(), ...answer.followUps()])
				.flatMap((message) => (message === null || message.content === '' ? [] : [message.content])),
	};
}
