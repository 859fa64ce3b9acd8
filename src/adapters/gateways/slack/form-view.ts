import type { types } from '@slack/bolt';
import { z } from 'zod';
import type { ForeignForm, FormField } from '../../../core/foreign-form.ts';
import { revealedText } from '../../../core/foreign-text.ts';
import type { Say } from '../../../core/say.ts';
import type { FormEntry } from '../shared/form-entries.ts';
import { fullHintOf, hintOf, optionsOf, revealedLine } from '../shared/form-text.ts';
import { FORM_MODAL } from './app-shape.ts';
import { section } from './blocks.ts';
import { MAX_INPUT, MAX_INPUT_LABEL, MAX_OPTION, MAX_SECTION, MAX_VIEW_TITLE } from './limits.ts';
import { clipped, escaped, foreignLine } from './slack-text.ts';

/** Which form a view belongs to, and where it is announced. Kept in the view, which comes back signed by Slack. */
export const formPlaceSchema = z.object({
	form: z.string(),
	responseUrl: z.string().nullable(),
	locale: z.string().nullable(),
});
export type FormPlace = z.infer<typeof formPlaceSchema>;

/** Name of the element in each input. */
const ENTRY = 'entry';
/** Of a server's name in a line, and below an input. */
const NAME = 80;
const HINT = 400;
/** Beyond this many characters an answer gets a box of several lines. */
const LINE = 200;

const plain = (text: string, most: number) => ({
	type: 'plain_text' as const,
	text: foreignLine(text, most) || '…',
	emoji: false,
});

/** A name that is not ours, in Slack's own markup. */
export const quoted = (name: string): string =>
	`\`${escaped(foreignLine(revealedLine(name), NAME)).replaceAll('`', 'ˋ')}\``;

/** A form as a modal: who asks, in what words, and an input for each field. */
export function formView(form: ForeignForm, place: FormPlace, say: Say): types.ModalView {
	return {
		type: 'modal',
		callback_id: FORM_MODAL,
		private_metadata: JSON.stringify(place),
		title: plain(say('form.title'), MAX_VIEW_TITLE),
		submit: plain(say('form.send'), MAX_VIEW_TITLE),
		close: plain(say('slack.modal.close'), MAX_VIEW_TITLE),
		blocks: [
			section(say('form.asks', { server: quoted(form.server) })) as types.KnownBlock,
			{ type: 'section', text: wordsOf(form.message) },
			section(say('form.warning')) as types.KnownBlock,
			...form.fields.map((field, at) => inputOf(field, at, say)),
		],
	};
}

/** What is shown of a form that is over, in its place. */
export const overView = (say: Say): types.ModalView => ({
	type: 'modal',
	title: plain(say('form.title'), MAX_VIEW_TITLE),
	close: plain(say('slack.modal.close'), MAX_VIEW_TITLE),
	blocks: [section(say('form.over')) as types.KnownBlock],
});

const stateSchema = z.record(
	z.string(),
	z.object({
		[ENTRY]: z.object({
			value: z.string().nullish(),
			selected_option: z.object({ value: z.string() }).nullish(),
			selected_options: z.array(z.object({ value: z.string() })).nullish(),
		}),
	}),
);

/** What a view was filled in with, `view.state.values`, in the order of the fields. */
export function viewEntries({ fields }: ForeignForm, values: unknown): FormEntry[] {
	const state = stateSchema.parse(values);
	return fields.map((_, at) => {
		const held = state[blockOf(at)]?.[ENTRY];
		const several = held?.selected_options?.map(({ value }) => value);
		return several ?? held?.selected_option?.value ?? held?.value ?? null;
	});
}

/** What is wrong, for the inputs of the fields at these positions. */
export function viewErrors({ fields }: ForeignForm, wrong: readonly number[], say: Say): Record<string, string> {
	const errors = fields.flatMap((field, at): [string, string][] =>
		wrong.includes(at) ? [[blockOf(at), say('form.wrong', { hint: hintOf(field, say) })]] : [],
	);
	return Object.fromEntries(errors);
}

const blockOf = (position: number): string => `f${position}`;

/** Lines stay; nothing in it is live. */
const wordsOf = (message: string) => ({
	type: 'plain_text' as const,
	text:
		clipped(
			revealedText(message)
				.split('\n')
				.map((line) => foreignLine(line, MAX_SECTION))
				.join('\n'),
			MAX_SECTION,
		).trim() || '…',
	emoji: false,
});

function inputOf(field: FormField, position: number, say: Say): types.InputBlock {
	const description = revealedLine(field.description);
	const hint = fullHintOf(field, say);
	return {
		type: 'input',
		block_id: blockOf(position),
		optional: !field.required,
		label: plain(revealedLine(field.label), MAX_INPUT_LABEL),
		hint: plain(description === '' ? hint : `${clipped(description, HINT)} (${hint})`, 2 * HINT),
		element: elementOf(field, say),
	};
}

function elementOf(field: FormField, say: Say): types.InputBlock['element'] {
	const labels = optionsOf(field, say);
	if (labels === null) {
		const most = field.type === 'text' ? Math.min(field.most, MAX_INPUT) : LINE;
		return { type: 'plain_text_input', action_id: ENTRY, multiline: most > LINE, max_length: Math.max(1, most) };
	}
	const options = labels.map((label, at) => ({ text: plain(label, MAX_OPTION), value: String(at) }));
	const several = field.type === 'choice' ? field.several : null;
	if (several === null) return { type: 'static_select', action_id: ENTRY, options };
	const most = Math.max(1, Math.min(several.most, options.length));
	return { type: 'multi_static_select', action_id: ENTRY, options, max_selected_items: most };
}
