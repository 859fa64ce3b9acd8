import type { Delivery } from './delivery.ts';
import { channelNamed, type Desk, interactionBody } from './desk.ts';
import { suggestions } from './element-rules.ts';
import { isObject, type JsonObject, stringOf } from './json.ts';
import { wireMessage } from './messages.ts';
import { SlackRefusal } from './refusal.ts';
import { checkView } from './view-rules.ts';
import { inputBlocks, keepView, openView, replaceView, wireView } from './views.ts';
import { type EphemeralMessage, issueTrigger, type SlackMessage, type SlackView } from './world.ts';

/** Where a button or menu is. */
export type Surface = SlackMessage | EphemeralMessage | SlackView;

/** What the person chose or typed: `selected_option`, `value` and so on, as Slack names it for that element. */
export type Choice = JsonObject;

export interface Submitted {
	delivery: Delivery;
	/** Words below inputs, by block id, when the app refused them. */
	errors: Readonly<Record<string, string>>;
	/** The view that is shown now, null when all are closed. */
	view: SlackView | null;
}

export interface Interactions {
	/**
	 * Uses the element with this action id. The first of them when several have it and no `blockId` says which.
	 * Throws when it is not there: what the person does not see cannot be pressed.
	 */
	press(on: Surface, actionId: string, choice?: Choice, blockId?: string): Promise<Delivery>;
	/** Chooses the option with this value in a menu. */
	select(on: Surface, actionId: string, value: string): Promise<Delivery>;
	/** Types into a menu whose options the app gives; the options it gave. */
	suggest(on: Surface, actionId: string, typed: string): Promise<{ delivery: Delivery; options: JsonObject[] }>;
	/** Submits a modal with what the inputs hold, by block id; what is not given is as the app filled it in. */
	submit(view: SlackView, values?: Readonly<Record<string, unknown>>): Promise<Submitted>;
	/** Closes a modal; null when the app does not want to know. */
	dismiss(view: SlackView): Promise<Delivery | null>;
	/** Runs a message shortcut. */
	shortcut(message: SlackMessage, callbackId: string): Promise<Delivery>;
	/** Runs a global shortcut. */
	globalShortcut(callbackId: string): Promise<Delivery>;
}

const isView = (on: Surface): on is SlackView => 'rootId' in on;
const isEphemeral = (on: Surface): on is EphemeralMessage => 'via' in on;
const blocksOf = (on: Surface): unknown => (isView(on) ? on.content.blocks : on.blocks);

/** The element with an action id, with the id of its block. */
function elementOf(on: Surface, actionId: string, blockId?: string): { element: JsonObject; block: string } {
	const look = (value: unknown, block: string): { element: JsonObject; block: string } | null => {
		if (Array.isArray(value)) {
			for (const one of value) {
				const found = look(one, block);
				if (found !== null) return found;
			}
			return null;
		}
		if (!isObject(value)) return null;
		const here = stringOf(value.block_id) || block;
		const fits = value.action_id === actionId && (blockId === undefined || blockId === here);
		return fits ? { element: value, block: here } : look(Object.values(value), here);
	};
	const gone = (isView(on) && !on.open) || (!isView(on) && on.deleted);
	const found = gone ? null : look(blocksOf(on), '');
	if (found === null) throw new Error(`nothing to press: ${actionId}`);
	return found;
}

/** What an interaction says of its place. */
function placeOf(desk: Desk, on: Surface): JsonObject {
	const { world, team, user, url, responseUrls } = desk;
	if (isView(on)) return { container: { type: 'view', view_id: on.id }, view: wireView(world, on) };
	const channel = { id: on.channel, name: channelNamed(desk, on.channel).name };
	const origin = { team, user: user.id, channel: on.channel, threadTs: on.threadTs, source: on };
	const ts = isEphemeral(on) ? on.id : on.ts;
	const thread = on.threadTs === null ? {} : { thread_ts: on.threadTs };
	const container = {
		type: 'message',
		message_ts: ts,
		channel_id: on.channel,
		is_ephemeral: isEphemeral(on),
		...thread,
	};
	const place = { channel, container, response_url: responseUrls.issue(origin) };
	// Slack does not send what an ephemeral message says.
	return isEphemeral(on) ? place : { ...place, message: wireMessage(team, on, url) };
}

/** What pressing an element means when nothing else is said. */
function choiceOf(element: JsonObject): Choice {
	if (element.type === 'button' || element.type === 'icon_button') return { value: element.value, text: element.text };
	const good = element.positive_button;
	if (element.type === 'feedback_buttons' && isObject(good)) return { value: good.value, text: good.text };
	return {};
}

async function press(desk: Desk, on: Surface, actionId: string, choice?: Choice, blockId?: string): Promise<Delivery> {
	const { world, team, user } = desk;
	const { element, block } = elementOf(on, actionId, blockId);
	const action = { type: element.type, action_id: actionId, block_id: block, action_ts: world.nextTs() };
	const body = {
		...interactionBody(desk, 'block_actions'),
		...placeOf(desk, on),
		trigger_id: issueTrigger(world, team.id, user.id, isView(on) && on.type === 'modal' ? on.id : null),
		state: { values: {} },
		actions: [{ ...action, ...choiceOf(element), ...choice }],
	};
	return desk.deliveries.send(team, 'interactive', 'block_actions', body, false);
}

function optionOf(element: JsonObject, value: string): JsonObject {
	const groups = Array.isArray(element.option_groups) ? element.option_groups : [];
	const options = [element, ...groups].flatMap((one) =>
		isObject(one) && Array.isArray(one.options) ? one.options : [],
	);
	const found = options.filter(isObject).find((option) => option.value === value);
	if (found === undefined) throw new Error(`no option ${value} in ${String(element.action_id)}`);
	return found;
}

async function suggest(desk: Desk, on: Surface, actionId: string, typed: string) {
	const { element, block } = elementOf(on, actionId);
	if (!String(element.type).endsWith('external_select')) throw new Error(`${actionId} has options of its own`);
	const body = {
		...interactionBody(desk, 'block_suggestion'),
		...placeOf(desk, on),
		action_id: actionId,
		block_id: block,
		value: typed,
	};
	const delivery = await desk.deliveries.send(desk.team, 'interactive', 'block_suggestion', body, true);
	const problems: string[] = [];
	if (delivery.acked) suggestions(delivery.payload, '', problems);
	if (problems.length > 0) desk.world.ledger.violate('invalid_options', actionId, problems.join('; '));
	const options = isObject(delivery.payload) && Array.isArray(delivery.payload.options) ? delivery.payload.options : [];
	return { delivery, options: problems.length > 0 ? [] : options.filter(isObject) };
}

/** What an element holds that nobody has touched. */
function initialOf({ initial_value, initial_option, initial_options }: JsonObject): unknown {
	if (initial_option !== undefined) return { selected_option: initial_option };
	if (initial_options !== undefined) return { selected_options: initial_options };
	return initial_value ?? null;
}

/** The state of a view: for each input block what its element holds. */
function stateOf(view: SlackView, values: Readonly<Record<string, unknown>>): JsonObject {
	const state: JsonObject = {};
	for (const block of Array.isArray(view.content.blocks) ? view.content.blocks.filter(isObject) : []) {
		const element = block.type === 'input' ? block.element : null;
		if (!isObject(element)) continue;
		const id = String(block.block_id);
		const given = values[id] ?? initialOf(element);
		const held = isObject(given) ? given : { value: given };
		state[id] = { [String(element.action_id ?? id)]: { type: element.type, ...held } };
	}
	return state;
}

function closeStack(desk: Desk, view: SlackView, whole: boolean): void {
	for (const one of desk.team.views.values()) {
		if (one === view || (whole && one.rootId === view.rootId)) one.open = false;
	}
	desk.world.ledger.changed();
}

/** Does what a `response_action` says; the words below inputs when it refuses them. */
function respondTo(desk: Desk, view: SlackView, payload: unknown): Readonly<Record<string, string>> {
	const answer = isObject(payload) ? payload : {};
	switch (answer.response_action) {
		case undefined:
			closeStack(desk, view, false);
			return {};
		case 'clear':
			closeStack(desk, view, true);
			return {};
		case 'errors': {
			const errors = Object.entries(isObject(answer.errors) ? answer.errors : {});
			const known = inputBlocks(view);
			const stray = errors.find(([block, words]) => !known.includes(block) || typeof words !== 'string');
			if (errors.length === 0 || stray !== undefined) throw new SlackRefusal('invalid_view_response');
			return Object.fromEntries(errors.map(([block, words]) => [block, String(words)]));
		}
		case 'update':
			replaceView(desk.world, desk.team, view, keepView(desk.world, checkView(answer.view, 'modal')), null);
			return {};
		case 'push': {
			const content = keepView(desk.world, checkView(answer.view, 'modal'));
			openView(desk.world, desk.team, { user: view.user, content, below: view });
			return {};
		}
		default:
			throw new SlackRefusal('invalid_view_response');
	}
}

async function submit(desk: Desk, view: SlackView, values: Readonly<Record<string, unknown>>): Promise<Submitted> {
	const { world, team, user } = desk;
	if (!view.open) throw new Error(`view ${view.id} is closed`);
	const body = {
		...interactionBody(desk, 'view_submission'),
		trigger_id: issueTrigger(world, team.id, user.id, view.id),
		view: wireView(world, view, stateOf(view, values)),
		response_urls: [],
	};
	const delivery = await desk.deliveries.send(team, 'interactive', 'view_submission', body, true);
	let errors: Readonly<Record<string, string>> = {};
	try {
		if (delivery.acked) errors = respondTo(desk, view, delivery.payload);
	} catch (error) {
		if (!(error instanceof SlackRefusal)) throw error;
		world.ledger.violate('invalid_view_response', 'view_submission', `${error.code} ${JSON.stringify(error.extra)}`);
		delivery.error = 'invalid_view_response';
	}
	const shown = [...team.views.values()].findLast((one) => one.open && one.rootId === view.rootId) ?? null;
	return { delivery, errors, view: shown };
}

async function dismiss(desk: Desk, view: SlackView): Promise<Delivery | null> {
	const clears = view.content.clear_on_close === true;
	const body = { ...interactionBody(desk, 'view_closed'), view: wireView(desk.world, view), is_cleared: clears };
	closeStack(desk, view, clears);
	if (view.content.notify_on_close !== true) return null;
	return desk.deliveries.send(desk.team, 'interactive', 'view_closed', body, false);
}

async function runShortcut(desk: Desk, message: SlackMessage | null, callbackId: string): Promise<Delivery> {
	const { world, team, user } = desk;
	const place = message === null ? {} : { ...placeOf(desk, message), message_ts: message.ts };
	const type = message === null ? 'shortcut' : 'message_action';
	const body = {
		...interactionBody(desk, type),
		...place,
		callback_id: callbackId,
		trigger_id: issueTrigger(world, team.id, user.id, null),
		action_ts: world.nextTs(),
	};
	return desk.deliveries.send(team, 'interactive', type, body, false);
}

export function createInteractions(desk: Desk): Interactions {
	return {
		press: (on, actionId, choice, blockId) => press(desk, on, actionId, choice, blockId),
		async select(on, actionId, value) {
			const { element } = elementOf(on, actionId);
			return press(desk, on, actionId, { selected_option: optionOf(element, value) });
		},
		suggest: (on, actionId, typed) => suggest(desk, on, actionId, typed),
		submit: (view, values = {}) => submit(desk, view, values),
		dismiss: (view) => dismiss(desk, view),
		shortcut: (message, callbackId) => runShortcut(desk, message, callbackId),
		globalShortcut: (callbackId) => runShortcut(desk, null, callbackId),
	};
}
