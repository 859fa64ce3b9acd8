import type { types } from '@slack/bolt';
import { z } from 'zod';
import type { Approval } from '../../../core/approval.ts';
import type { Say } from '../../../core/say.ts';
import { type ApprovalControl, approvalAt } from '../shared/approval-control.ts';
import { type ApprovalStyle, excerptOf, itemTexts } from '../shared/approval-text.ts';
import { formArguments } from '../shared/arguments-text.ts';
import { controlId } from '../shared/controls.ts';
import { splitMarkdown } from '../shared/split-markdown.ts';
import { APPROVAL_MODAL } from './app-shape.ts';
import { section } from './blocks.ts';
import { code, MAX_CODE, slackStyle } from './card-item.ts';
import { MAX_INPUT, MAX_INPUT_LABEL, MAX_SECTION, MAX_VIEW_TITLE } from './limits.ts';
import type { SlackDesk } from './slack-desk.ts';
import { clipped, escaped, foreignLine } from './slack-text.ts';

/** Which button a form belongs to, and where it is. Kept in the form, which comes back signed by Slack. */
export const approvalPlaceSchema = z.object({
	control: z.string(),
	channel: z.string(),
	message: z.string(),
	thread: z.string().nullable(),
	responseUrl: z.string().nullable(),
});
export type ApprovalPlace = z.infer<typeof approvalPlaceSchema>;

/** What opens when a button of a card is pressed. `sentence`: nothing opens, and the person is told why. */
export type ApprovalView =
	| { type: 'none' }
	| { type: 'view'; view: types.ModalView }
	| { type: 'sentence'; text: string };

/** Name of the one field of a form. */
const FIELD = 'text';
const MAX_REASON = 1000;
/** Blocks of code of the details; a view takes 100 blocks and 250 kB. */
const MAX_CODES = 30;

const OPENING: readonly ApprovalControl['action'][] = ['deny', 'edit', 'for_run', 'details'];
/** Whether a press opens something, for which it must be answered within 3 s. */
export const opens = ({ action }: ApprovalControl): boolean => OPENING.includes(action);

export async function approvalView(
	{ host }: Pick<SlackDesk, 'host'>,
	control: ApprovalControl,
	at: Omit<ApprovalPlace, 'control'>,
	say: Say,
): Promise<ApprovalView> {
	if (!opens(control)) return { type: 'none' };
	const form: Form = { place: { ...at, control: controlId(control) }, say };
	if (control.action === 'deny') {
		return viewOf(form, say('card.deny.title'), [field(say('card.deny.label'), '', MAX_REASON, true)]);
	}
	const found = await approvalAt(host, control);
	const item = found?.approval.items[found.index];
	if (found === null || item === undefined) return { type: 'sentence', text: say('card.unknown') };
	if (control.action === 'details') return { type: 'view', view: detailsView(found.approval, found.index, say) };
	if (control.action === 'for_run') {
		const grant = escaped(foreignLine(item.grant ?? '', MAX_SECTION / 4));
		return viewOf(form, say('card.allow.title'), [section(say('card.allow.about', { grant })) as types.KnownBlock]);
	}
	const { text, fits } = formArguments(item.arguments, MAX_INPUT);
	if (!fits) return { type: 'sentence', text: say('card.edit.too_long', { count: text.length, most: MAX_INPUT }) };
	return viewOf(form, say('card.edit.title'), [field(say('card.edit.label'), text, MAX_INPUT, false)]);
}

interface Form {
	place: ApprovalPlace;
	say: Say;
}

const plain = (text: string, most = MAX_VIEW_TITLE) => ({ type: 'plain_text' as const, text: clipped(text, most) });

function viewOf({ place, say }: Form, title: string, blocks: types.ModalView['blocks']): ApprovalView {
	return {
		type: 'view',
		view: {
			type: 'modal',
			callback_id: APPROVAL_MODAL,
			private_metadata: JSON.stringify(place),
			title: plain(title),
			submit: plain(say('card.send')),
			close: plain(say('slack.modal.close')),
			blocks,
		},
	};
}

const field = (label: string, value: string, most: number, optional: boolean): types.InputBlock => ({
	type: 'input',
	block_id: FIELD,
	optional,
	label: plain(label, MAX_INPUT_LABEL),
	element: {
		type: 'plain_text_input',
		action_id: FIELD,
		multiline: true,
		max_length: most,
		...(value === '' ? {} : { initial_value: value }),
	},
});

/** A view calls nobody, and shows names by itself. */
const viewStyle: ApprovalStyle = {
	...slackStyle,
	person: (person) =>
		person.platform === 'slack' && /^[UW][A-Z0-9]+$/.test(person.user)
			? `<@${person.user}>`
			: slackStyle.person(person),
};

/** Everything about a call, for one person. */
function detailsView(approval: Approval, index: number, say: Say): types.ModalView {
	const texts = itemTexts(approval, index, say, viewStyle, Number.POSITIVE_INFINITY);
	const lines = texts === null ? [] : [`*${texts.title}*`, texts.state, ...texts.facts.map((fact) => `• ${fact}`)];
	const change = texts?.change ?? null;
	return {
		type: 'modal',
		title: plain(say('card.act.details')),
		close: plain(say('slack.modal.close')),
		blocks: [
			...lines.flatMap((line) => splitMarkdown(line, MAX_SECTION).map(section)),
			...(change === null ? [] : [section(change.about), ...codes(change.text, say)]),
			...codes(texts?.arguments ?? '', say),
		] as types.KnownBlock[],
	};
}

function codes(text: string, say: Say) {
	const { shown, note } = excerptOf(text, MAX_CODE * MAX_CODES, say('card.thread_file'), say);
	const parts = Array.from({ length: Math.ceil(shown.length / MAX_CODE) }, (_, part) =>
		shown.slice(part * MAX_CODE, (part + 1) * MAX_CODE),
	);
	return [...parts.map(code), ...(note === null ? [] : [section(`*${note}*`)])];
}

const stateSchema = z.object({ [FIELD]: z.object({ [FIELD]: z.object({ value: z.string().nullish() }) }).optional() });

/** What was written into a form: `view.state.values`; empty where there was nothing to write. */
export const typedIn = (values: unknown): string => stateSchema.parse(values)[FIELD]?.[FIELD]?.value ?? '';
