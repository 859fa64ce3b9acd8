import {
	also,
	anyText,
	byType,
	type Check,
	flag,
	integer,
	list,
	number,
	oneOf,
	plainText,
	problem,
	shape,
	text,
	typed,
} from './checks.ts';

/** Limits of https://docs.slack.dev/reference/block-kit/block-elements and of the types of @slack/types 3.2. */
const actionId = text(255);
const placeholder = plainText(150);
const value = text(2000);
const url = text(3000);
const style = oneOf('primary', 'danger');

const confirm = shape(
	{ title: plainText(100), text: anyText(300), confirm: plainText(30), deny: plainText(30) },
	{ style },
);

/** Option values are kept to 75 characters, the shorter of the two limits in Slack's own sources. */
const option = (label: Check): Check => shape({ text: label, value: text(75) }, { description: anyText(75), url });
const plainOption = option(plainText(75));
const markedOption = option(anyText(75));
const group = shape({ label: plainText(75), options: list(plainOption, 1, 100) });

const button = typed(
	'button',
	{ text: plainText(75) },
	{ action_id: actionId, value, url, style, confirm, accessibility_label: text(75) },
);
const focus = { focus_on_load: flag };
const common = { action_id: actionId, confirm, placeholder, ...focus };
const many = { ...common, max_selected_items: integer(1, 1000) };

const optionsOrGroups = (check: Check): Check =>
	also(check, (element, path, problems) => {
		if ((element.options === undefined) === (element.option_groups === undefined))
			problems.push(problem('either options or option_groups must be given', path));
	});

const staticSelect = (type: string, extra: Readonly<Record<string, Check>>): Check =>
	optionsOrGroups(
		typed(type, {}, { ...extra, options: list(plainOption, 1, 100), option_groups: list(group, 1, 100) }),
	);

const choices = (type: string, extra: Readonly<Record<string, Check>>): Check =>
	typed(type, { options: list(markedOption, 1, 10) }, { action_id: actionId, confirm, ...focus, ...extra });

export const image: Check = typed(
	'image',
	{ alt_text: text(2000) },
	{ image_url: url, slack_file: shape({}, { id: text(255), url }) },
);

const menus: Readonly<Record<string, Check>> = {
	static_select: staticSelect('static_select', { ...common, initial_option: plainOption }),
	multi_static_select: staticSelect('multi_static_select', { ...many, initial_options: list(plainOption, 1, 100) }),
	external_select: typed(
		'external_select',
		{},
		{ ...common, initial_option: plainOption, min_query_length: integer(0, 100) },
	),
	multi_external_select: typed(
		'multi_external_select',
		{},
		{
			...many,
			initial_options: list(plainOption, 1, 100),
			min_query_length: integer(0, 100),
		},
	),
	users_select: typed('users_select', {}, { ...common, initial_user: text(20) }),
	multi_users_select: typed('multi_users_select', {}, { ...many, initial_users: list(text(20), 1, 100) }),
	conversations_select: typed(
		'conversations_select',
		{},
		{
			...common,
			initial_conversation: text(20),
			default_to_current_conversation: flag,
			response_url_enabled: flag,
		},
	),
	channels_select: typed('channels_select', {}, { ...common, initial_channel: text(20), response_url_enabled: flag }),
	radio_buttons: choices('radio_buttons', { initial_option: markedOption }),
	checkboxes: choices('checkboxes', { initial_options: list(markedOption, 1, 10) }),
};

const overflow = typed('overflow', { options: list(plainOption, 1, 5) }, { action_id: actionId, confirm });

/** What may stand in an `actions` block. */
export const actionElement = byType({ ...menus, button, overflow });

/** What may stand beside a section. */
export const accessory = byType({ ...menus, button, overflow, image });

/** The buttons of a card. */
export const cardButton = byType({ button });

const feedback = shape({ text: plainText(75), value }, { accessibility_label: text(75) });

/** What may stand in a `context_actions` block. */
export const contextAction = byType({
	feedback_buttons: typed(
		'feedback_buttons',
		{ positive_button: feedback, negative_button: feedback },
		{ action_id: actionId },
	),
	icon_button: typed(
		'icon_button',
		{ icon: oneOf('trash'), text: plainText(75) },
		{
			action_id: actionId,
			value,
			confirm,
			accessibility_label: text(75),
			visible_to_user_ids: list(text(20), 1, 100),
		},
	),
});

const dispatch = {
	dispatch_action_config: shape(
		{},
		{ trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), 1, 2) },
	),
};

/** What may stand in an `input` block. */
export const inputElement = byType({
	...menus,
	plain_text_input: typed(
		'plain_text_input',
		{},
		{
			...common,
			...dispatch,
			initial_value: text(3000, 0),
			multiline: flag,
			min_length: integer(0, 3000),
			max_length: integer(1, 3000),
		},
	),
	number_input: typed(
		'number_input',
		{ is_decimal_allowed: flag },
		{
			...common,
			...dispatch,
			initial_value: text(64, 0),
			min_value: text(64),
			max_value: text(64),
		},
	),
	url_text_input: typed('url_text_input', {}, { ...common, ...dispatch, initial_value: url }),
	email_text_input: typed('email_text_input', {}, { ...common, ...dispatch, initial_value: text(254) }),
	datepicker: typed('datepicker', {}, { ...common, initial_date: text(10) }),
	timepicker: typed('timepicker', {}, { ...common, initial_time: text(5), timezone: text(64) }),
	datetimepicker: typed('datetimepicker', {}, { action_id: actionId, confirm, ...focus, initial_date_time: number }),
	file_input: typed(
		'file_input',
		{},
		{
			action_id: actionId,
			filetypes: list(text(32), 1, 100),
			max_files: integer(1, 10),
		},
	),
});

/** The answer to a `block_suggestion`. */
export const suggestions = optionsOrGroups(
	shape({}, { options: list(plainOption, 0, 100), option_groups: list(group, 0, 100) }),
);
