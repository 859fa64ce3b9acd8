import type { APIModalInteractionResponseCallbackData, ModalSubmitInteraction } from 'discord.js';
import type { Say } from '../../../core/say.ts';

/** Id of its one field. */
const FIELD = 'question';
/** Bounds of docs, components/reference: title and label, text. */
const TITLE = 45;
const MOST_TEXT = 4000;

/** Asks for a further question. `customId`: that of the button that opens it. */
export const followUpModal = (customId: string, say: Say): APIModalInteractionResponseCallbackData => ({
	custom_id: customId,
	title: say('discord.follow_up.title').slice(0, TITLE),
	components: [
		{
			type: 18,
			label: say('discord.follow_up.label').slice(0, TITLE),
			component: { type: 4, custom_id: FIELD, style: 2, min_length: 1, max_length: MOST_TEXT, required: true },
		},
	],
});

export const questionIn = ({ fields }: ModalSubmitInteraction): string => fields.getTextInputValue(FIELD);
