import type { types } from '@slack/bolt';
import { z } from 'zod';
import type { TeamSummary } from '../../../core/gateway.ts';
import { verbositySchema } from '../../../core/run.ts';
import type { Say } from '../../../core/say.ts';
import { visibleText } from '../shared/visible-text.ts';
import { ASK_MODAL, FOLLOW_UP_MODAL } from './app-shape.ts';
import { MAX_FILES_IN, MAX_INPUT, MAX_INPUT_LABEL, MAX_OPTION, MAX_OPTIONS, MAX_VIEW_TITLE } from './limits.ts';
import { fileSchema, type SlackFile } from './offered-files.ts';
import { clipped } from './slack-text.ts';

/** Where what a modal asks for belongs. Kept in the modal, which comes back signed by Slack. */
export const modalPlaceSchema = z.object({
	channel: z.string(),
	/** The thread it was opened about; null: none. */
	thread: z.string().nullable(),
	/** The session that it goes on with; null: a new one. */
	session: z.string().nullable(),
});
export type ModalPlace = z.infer<typeof modalPlaceSchema>;

const plain = (text: string, most: number) => ({
	type: 'plain_text' as const,
	text: clipped(text, most),
});

const option = (label: string, value: string): types.PlainTextOption => ({ text: plain(label, MAX_OPTION), value });

function frame(callback: string, title: string, place: ModalPlace, say: Say, blocks: types.ModalView['blocks']) {
	return {
		type: 'modal',
		callback_id: callback,
		private_metadata: JSON.stringify(place),
		title: plain(title, MAX_VIEW_TITLE),
		submit: plain(say('slack.modal.submit'), MAX_VIEW_TITLE),
		close: plain(say('slack.modal.close'), MAX_VIEW_TITLE),
		blocks,
	} satisfies types.ModalView;
}

function question(label: string, initial: string): types.InputBlock {
	const text = clipped(visibleText(initial), MAX_INPUT);
	return {
		type: 'input',
		block_id: 'question',
		label: plain(label, MAX_INPUT_LABEL),
		element: {
			type: 'plain_text_input',
			action_id: 'question',
			multiline: true,
			max_length: MAX_INPUT,
			...(text === '' ? {} : { initial_value: text }),
		},
	};
}

/** The modal that asks for a question. `teams`: who can be named, the default one first; none: nobody is offered. */
export function askModal(place: ModalPlace, initial: string, teams: readonly TeamSummary[], say: Say): types.ModalView {
	const offered = teams
		.filter(({ name }) => name.length <= MAX_OPTION)
		.slice(0, MAX_OPTIONS)
		.map(({ name, description }) => option(description === '' ? name : `${name} · ${description}`, name));
	const [first] = offered;
	const levels = verbositySchema.options.map((level) => option(say(`command.ask.verbosity.${level}`), level));
	const team: types.InputBlock[] =
		first === undefined
			? []
			: [
					{
						type: 'input',
						block_id: 'team',
						label: plain(say('slack.modal.team'), MAX_INPUT_LABEL),
						element: { type: 'static_select', action_id: 'team', options: offered, initial_option: first },
					},
				];
	return frame(ASK_MODAL, say('slack.modal.title'), place, say, [
		question(say('command.ask.question'), initial),
		...team,
		{
			type: 'input',
			block_id: 'verbosity',
			label: plain(say('command.ask.verbosity'), MAX_INPUT_LABEL),
			element: {
				type: 'static_select',
				action_id: 'verbosity',
				options: levels,
				...(levels[1] === undefined ? {} : { initial_option: levels[1] }),
			},
		},
		{
			type: 'input',
			block_id: 'files',
			optional: true,
			label: plain(say('slack.modal.files'), MAX_INPUT_LABEL),
			element: { type: 'file_input', action_id: 'files', max_files: MAX_FILES_IN },
		},
	]);
}

/** The modal that goes on with a thread. */
export function followUpModal(place: ModalPlace, say: Say): types.ModalView {
	return frame(FOLLOW_UP_MODAL, say('slack.modal.follow_up'), place, say, [
		question(say('slack.modal.follow_up_question'), ''),
	]);
}

const heldSchema = z.object({
	value: z.string().nullish(),
	selected_option: z.object({ value: z.string() }).nullish(),
	files: z.array(fileSchema).nullish(),
});
const stateSchema = z.record(z.string(), z.record(z.string(), heldSchema));

/** What a person has put into a modal. Null: left as it was, or not asked for. */
export interface Filled {
	question: string;
	team: string | null;
	verbosity: string | null;
	files: readonly SlackFile[];
}

/** Reads `view.state.values`. */
export function filledOf(values: unknown): Filled {
	const state = stateSchema.parse(values);
	const held = (name: string) => state[name]?.[name];
	return {
		question: held('question')?.value ?? '',
		team: held('team')?.selected_option?.value ?? null,
		verbosity: held('verbosity')?.selected_option?.value ?? null,
		files: held('files')?.files ?? [],
	};
}
