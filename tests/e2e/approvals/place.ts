import type { App } from '../../../src/app.ts';
import type { RunEvent } from '../../../src/core/run-event.ts';
import type { Store } from '../../../src/core/store.ts';

export type Platform = 'discord' | 'slack';
export const PLATFORMS: readonly Platform[] = ['discord', 'slack'];

/** A button as it stood on a card, which its message may have lost since. */
export interface Button {
	readonly id: string;
	readonly message: unknown;
}

/** A card as somebody sees it now. */
export interface Card {
	readonly text: string;
	readonly buttons: readonly string[];
	/** The button of this label. Throws when there is none. */
	button(label: string): Button;
}

/** Somebody on the platform. */
export interface Actor {
	readonly id: string;
	ask(question: string): Promise<void>;
	/** Says something to the bot in the thread of the run. */
	say(text: string): Promise<void>;
	/** Presses, and resolves when the platform has an answer. `times`: how often the platform delivers it. */
	press(button: Button, times?: number): Promise<void>;
	/** Presses a button that opens a form, and sends the form; without a text as it was. */
	fill(button: Button, text?: string): Promise<void>;
	/** `/massgen roles grant`, to a person by id or to the group of approvers. */
	grant(role: string, to: Actor | 'group'): Promise<void>;
	/** What they alone were told, oldest first. */
	heard(): readonly string[];
}

export type Standing = 'guest' | 'bot' | 'stranger';

/** The whole program where people chat, and what those people can do. It forgets nothing when it is started again. */
export interface Place {
	readonly tenant: string;
	readonly events: readonly RunEvent[];
	readonly problems: readonly string[];
	/** What the platform would not have liked. */
	readonly violations: readonly unknown[];
	app(): App;
	/** Owns the bot here. */
	readonly owner: Actor;
	/** Has no role. */
	readonly asker: Actor;
	/** Somebody new, without roles. */
	join(name: string): Actor;
	/** The group that people of the platform manage: Discord's role, Slack's user group. */
	readonly group: { add(who: Actor): void; remove(who: Actor): void; rename(name: string): void };
	become(who: Actor, standing: Standing): void;
	/** Cards of the bot that are there, oldest first, in every channel of the place. */
	cards(): readonly Card[];
	/** Everything that everybody reads where the run is shown. */
	thread(): string;
	deleteCard(): Promise<void>;
	/** The channel of the run cannot be reached any more. */
	loseChannel(): void;
	/** The same button at a message of another channel, and at one of another server or workspace. */
	elsewhere(button: Button): Promise<readonly { by: Actor; button: Button }[]>;
	/** Ends the program and starts it again on the same store; `meanwhile` between the two. */
	restart(meanwhile?: () => void): Promise<void>;
	until<T>(what: string, probe: () => T): Promise<Exclude<T, null | undefined | false | 0 | ''>>;
}

export interface PlaceOptions {
	file: string;
	env: Readonly<Record<string, string>>;
	around(store: Store): Store;
}
