import type { Say } from '../../../core/say.ts';
import { type Control, controlId } from '../shared/controls.ts';
import { splitMarkdown } from '../shared/split-markdown.ts';
import { MAX_ACCESSIBILITY_LABEL, MAX_BUTTON_TEXT, MAX_CONTEXT_TEXT, MAX_HEADER, MAX_SECTION } from './limits.ts';
import type { SlackBlock } from './slack-body.ts';
import { clipped, foreignLine } from './slack-text.ts';

/** A heading; foreign text may be in it, and is shown by an ellipsis when there is nothing to see in it. */
export const header = (text: string): SlackBlock => ({
	type: 'header',
	text: { type: 'plain_text', text: foreignLine(text, MAX_HEADER) || '…', emoji: false },
});

/** `text` is in Slack's own markup: what is foreign in it has been escaped. */
export const section = (text: string): SlackBlock => ({
	type: 'section',
	text: { type: 'mrkdwn', text: clipped(text, MAX_SECTION) },
});

/** Small print, in Slack's own markup. None when there is nothing to say. */
export function context(texts: readonly (string | null)[]): SlackBlock[] {
	const text = texts.filter((one) => one !== null && one !== '').join(' · ');
	if (text === '') return [];
	return [{ type: 'context', elements: [{ type: 'mrkdwn', text: clipped(text, MAX_CONTEXT_TEXT) }] }];
}

/** Markdown that mentions nobody; not blank. */
export const markdown = (text: string): SlackBlock => ({ type: 'markdown', text });

/** The same as text without any form. */
export function plainSections(text: string): SlackBlock[] {
	return splitMarkdown(text, MAX_SECTION).map((part) => ({
		type: 'section',
		text: { type: 'plain_text', text: part, emoji: false },
	}));
}

export interface Button {
	control: Control;
	label: string;
	/** What screen readers say, where the label alone does not tell. */
	spoken?: string;
	style?: 'primary' | 'danger';
}

/** A row of buttons; none when there are no buttons. */
export function actions(buttons: readonly Button[]): SlackBlock[] {
	if (buttons.length === 0) return [];
	const elements = buttons.map(({ control, label, spoken, style }) => ({
		type: 'button',
		action_id: controlId(control),
		text: { type: 'plain_text', text: foreignLine(label, MAX_BUTTON_TEXT), emoji: true },
		...(spoken === undefined ? {} : { accessibility_label: clipped(spoken, MAX_ACCESSIBILITY_LABEL) }),
		...(style === undefined ? {} : { style }),
	}));
	return [{ type: 'actions', elements }];
}

/** `part 2 of 3`, for what did not fit into one message; nothing where there is one part. */
export const partText = (part: number, parts: number, say: Say): string | null =>
	parts === 1 ? null : say('slack.part', { part, parts });
