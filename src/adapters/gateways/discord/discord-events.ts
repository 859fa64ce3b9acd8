import type { Interaction, Message } from 'discord.js';
import { buttonPressed, modalSent } from './button-events.ts';
import { menuUsed, slashUsed } from './command-events.ts';
import type { Desk } from './desk.ts';
import { isOfForm } from './form-desk.ts';
import { messageWritten } from './message-events.ts';
import { createTeamChoices } from './team-choices.ts';
import { writtenNow } from './written.ts';

/** Interactions that are remembered so that a second delivery is not answered a second time. */
const REMEMBERED = 2000;
/** People whose language is remembered. */
const PEOPLE = 10_000;

export interface DiscordEvents {
	interaction(interaction: Interaction): void;
	message(message: Message): void;
	/** Resolves when everything that was heard has been handed over. */
	settled(): Promise<void>;
}

/** Deals with what the client hears, as soon as everything is there for it (`opened`). Never throws. */
export function createDiscordEvents(
	given: Omit<Desk, 'locales' | 'toldOfThreads'>,
	opened: Promise<void>,
	onProblem: (error: unknown) => void,
): DiscordEvents {
	const desk: Desk = { ...given, locales: new Map(), toldOfThreads: new Set() };
	const proposeTeams = createTeamChoices(desk.host, desk.clock);
	const known = new Set<string>();
	const going = new Set<Promise<void>>();

	const deal = (work: () => Promise<void>) => {
		const done = opened
			.then(work)
			.catch(onProblem)
			.finally(() => going.delete(done));
		going.add(done);
	};

	const isNew = (id: string): boolean => {
		if (known.has(id)) return false;
		known.add(id);
		if (known.size > REMEMBERED) for (const oldest of known) return known.delete(oldest);
		return true;
	};

	return {
		interaction(interaction) {
			if (!isNew(interaction.id)) return;
			remember(desk.locales, interaction);
			if (interaction.isAutocomplete()) {
				deal(() => proposeTeams(interaction.options.getFocused()).then((choices) => interaction.respond([...choices])));
			} else if (interaction.isChatInputCommand()) deal(() => slashUsed(desk, interaction));
			else if (interaction.isMessageContextMenuCommand()) deal(() => menuUsed(desk, interaction));
			else if (interaction.isMessageComponent())
				deal(() => (isOfForm(interaction) ? desk.forms.pressed(interaction) : buttonPressed(desk, interaction)));
			else if (interaction.isModalSubmit())
				deal(() => (isOfForm(interaction) ? desk.forms.sent(interaction) : modalSent(desk, interaction)));
		},
		message(message) {
			const written = writtenNow(message);
			deal(() => messageWritten(desk, written));
		},
		async settled() {
			await Promise.all(going);
		},
	};
}

function remember(locales: Map<string, string>, { user, locale }: Interaction): void {
	locales.delete(user.id);
	locales.set(user.id, locale);
	if (locales.size <= PEOPLE) return;
	for (const oldest of locales.keys()) {
		locales.delete(oldest);
		return;
	}
}
