import type { APIModalInteractionResponseCallbackData, ModalSubmitInteraction } from 'discord.js';
import type { Say } from '../../../core/say.ts';
import { type ApprovalControl, approvalAt } from '../shared/approval-control.ts';
import { formArguments } from '../shared/arguments-text.ts';
import type { Desk } from './desk.ts';
import { plainText } from './plain-text.ts';

/** Id of the one field that a form has. */
const FIELD = 'text';
/** Bounds of docs, components/reference: title and label; a text input, and a text display of a form. */
const TITLE = 45;
const MOST_TEXT = 4000;
/** Longest reason; Discord takes `MOST_TEXT`, a card shows the beginning. */
const MOST_REASON = 1000;

/** What opens when a button of a card is pressed. `sentence`: nothing opens, and the person is told why. */
export type ApprovalForm =
	| { type: 'none' }
	| { type: 'modal'; modal: APIModalInteractionResponseCallbackData }
	| { type: 'sentence'; text: string };

/** Acts that begin with a form. */
const FORMS: readonly ApprovalControl['action'][] = ['deny', 'edit', 'for_run'];

/** `customId`: that of the button, and of the form that comes back. */
export async function approvalForm(
	{ host }: Pick<Desk, 'host'>,
	customId: string,
	control: ApprovalControl,
	say: Say,
): Promise<ApprovalForm> {
	if (control.action === 'deny') {
		return modalOf(customId, say('card.deny.title'), field(say('card.deny.label'), '', MOST_REASON, false));
	}
	if (!FORMS.includes(control.action)) return { type: 'none' };
	const found = await approvalAt(host, control);
	const item = found?.approval.items[found.index];
	if (item === undefined) return { type: 'sentence', text: say('card.unknown') };
	if (control.action === 'for_run') {
		const grant = plainText(item.grant ?? '', MOST_TEXT / 4);
		return modalOf(customId, say('card.allow.title'), { type: 10, content: say('card.allow.about', { grant }) });
	}
	const { text, fits } = formArguments(item.arguments, MOST_TEXT);
	if (!fits) return { type: 'sentence', text: say('card.edit.too_long', { count: text.length, most: MOST_TEXT }) };
	return modalOf(customId, say('card.edit.title'), field(say('card.edit.label'), text, MOST_TEXT, true));
}

type Part = APIModalInteractionResponseCallbackData['components'][number];

const modalOf = (custom_id: string, title: string, part: Part): ApprovalForm => ({
	type: 'modal',
	modal: { custom_id, title: title.slice(0, TITLE), components: [part] },
});

const field = (label: string, value: string, max_length: number, required: boolean): Part => ({
	type: 18,
	label: label.slice(0, TITLE),
	component: { type: 4, custom_id: FIELD, style: 2, max_length, required, ...(value === '' ? {} : { value }) },
});

/** What the person wrote into it; empty where there was nothing to write. */
export const typedIn = ({ fields }: ModalSubmitInteraction): string =>
	fields.fields.has(FIELD) ? fields.getTextInputValue(FIELD) : '';
