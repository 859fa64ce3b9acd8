import type { APIModalInteractionResponseCallbackData, ModalSubmitInteraction } from 'discord.js';
import type { ForeignForm, FormField } from '../../../core/foreign-form.ts';
import { revealedText } from '../../../core/foreign-text.ts';
import type { Say } from '../../../core/say.ts';
import type { FormEntry } from '../shared/form-entries.ts';
import { fullHintOf, optionsOf, revealedLine } from '../shared/form-text.ts';
import { clipText } from './clip-text.ts';
import { harmlessCode } from './harmless-line.ts';

/** Fields of one step: a modal holds five parts, the first of which says who asks. */
const STEP_FIELDS = 4;
/** Bounds of docs, components/reference: title and label, description, option, text input. */
const TITLE = 45;
const DESCRIPTION = 100;
const OPTION = 100;
const MOST_TEXT = 4000;
/** Beyond this many characters an answer gets a box of several lines. */
const LINE = 200;
/** Of the texts above the fields: all of them together fit into one text display of 4,000. */
const MESSAGE = 1_000;
const ABOUT = 280;

type Part = APIModalInteractionResponseCallbackData['components'][number];

export const stepsOf = ({ fields }: ForeignForm): number => Math.max(1, Math.ceil(fields.length / STEP_FIELDS));

/** Which fields belong to a step, counted from 0. */
export const boundsOf = (step: number) => ({ from: step * STEP_FIELDS, to: (step + 1) * STEP_FIELDS });

export const stepOf = (position: number): number => Math.floor(position / STEP_FIELDS);

/** One step of a form. `entries`: what is in its fields already. */
export function stepModal(
	customId: string,
	form: ForeignForm,
	step: number,
	entries: readonly FormEntry[],
	say: Say,
): APIModalInteractionResponseCallbackData {
	const { from, to } = boundsOf(step);
	const fields = form.fields.slice(from, to);
	const steps = stepsOf(form);
	const title = steps === 1 ? say('form.title') : `${say('form.title')} (${step + 1}/${steps})`;
	const inputs = fields.map((field, at) => fieldPart(field, from + at, entries[from + at] ?? null, say));
	return { custom_id: customId, title: clipText(title, TITLE), components: [aboutPart(form, fields, say), ...inputs] };
}

/** What a step was filled in with, in the order of its fields. */
export function stepEntries({ fields }: ModalSubmitInteraction, form: ForeignForm, step: number): FormEntry[] {
	const { from, to } = boundsOf(step);
	return form.fields.slice(from, to).map((field, at) => {
		const id = idOf(from + at);
		if (!fields.fields.has(id)) return null;
		if (!isMenu(field)) return fields.getTextInputValue(id);
		const chosen = fields.getStringSelectValues(id);
		return field.type === 'choice' && field.several !== null ? chosen : (chosen[0] ?? null);
	});
}

/** A name that is not ours, in a line of Markdown. */
export const quoted = (name: string, most = 80): string =>
	`\`${harmlessCode(clipText(revealedLine(name), most)).replaceAll('`', 'ˋ')}\``;

const idOf = (position: number): string => `f${position}`;
const isMenu = ({ type }: FormField): boolean => type === 'boolean' || type === 'choice';

function aboutPart({ server, message }: ForeignForm, fields: readonly FormField[], say: Say): Part {
	const abouts = fields.flatMap(({ label, description }) => {
		const isShown = description === '' && revealedLine(label).length <= TITLE;
		return isShown ? [] : [clipText(revealedLine(description === '' ? label : `${label}: ${description}`), ABOUT)];
	});
	const words = [clipText(revealedText(message), MESSAGE), ...abouts].join('\n\n').replaceAll('`', 'ˋ');
	const text = [say('form.asks', { server: quoted(server) }), `\`\`\`\n${harmlessCode(words)}\n\`\`\``];
	return { type: 10, content: [...text, say('form.warning')].join('\n') };
}

function fieldPart(field: FormField, position: number, entry: FormEntry, say: Say): Part {
	return {
		type: 18,
		label: clipText(revealedLine(field.label), TITLE) || '…',
		description: clipText(fullHintOf(field, say), DESCRIPTION),
		component: inputOf(field, position, entry, say),
	};
}

type Input = Extract<Part, { type: 18 }>['component'];

function inputOf(field: FormField, position: number, entry: FormEntry, say: Say): Input {
	const common = { custom_id: idOf(position), required: field.required };
	const labels = optionsOf(field, say);
	if (labels !== null) {
		const several = field.type === 'choice' ? field.several : null;
		const most = Math.max(1, Math.min(several?.most ?? 1, labels.length));
		const least = field.required ? Math.max(1, Math.min(several?.least ?? 1, most)) : 0;
		const options = labels.map((label, at) => {
			const value = String(at);
			return { label: clipText(label, OPTION), value, default: entry === value || entry?.includes(value) === true };
		});
		return { ...common, type: 3, min_values: least, max_values: most, options };
	}
	const most = field.type === 'text' ? Math.min(field.most, MOST_TEXT) : MOST_TEXT;
	const value = typeof entry === 'string' && entry !== '' ? { value: entry.slice(0, most) } : {};
	return { ...common, type: 4, style: field.type === 'text' && most > LINE ? 2 : 1, max_length: most, ...value };
}
