import type { Approval, ApprovalItem, Person } from '../../../core/approval.ts';
import { revealedText } from '../../../core/foreign-text.ts';
import type { Say } from '../../../core/say.ts';
import { argumentsText, differenceText } from './arguments-text.ts';

/** How a surface writes what is not this program's own text. */
export interface ApprovalStyle {
	/** Foreign text in one line, harmless in the surface's markup; `max` characters of it, what is cut is seen to be. */
	plain(text: string, max: number): string;
	/** Names a person without calling them. */
	person(person: Person): string;
	/** A point in time (ms since the epoch), best in the reader's own zone. */
	time(at: number): string;
}

/** What a card says above its items, a line each. */
export interface CardTexts {
	heading: string;
	about: readonly string[];
}

/** What a card says of one call, in the surface's markup but for the texts that belong into blocks of code. */
export interface ItemTexts {
	/** `2. tool · source`; the number only where there are several. */
	title: string;
	/** How it stands, and what came of it. */
	state: string;
	/** What it would do, how risky that is, why it is held, what the agent says, who has approved; a line each. */
	facts: readonly string[];
	/** The arguments, for a block of code. */
	arguments: string;
	/** What an edit or a change has made of the arguments; null: they are what they were. */
	change: { about: string; text: string } | null;
}

/** Longest name, sentence and text of a person or model on a card, in characters. Details shows four times as much. */
const NAME = 80;
const SENTENCE = 300;
const DIGEST = 12;

const EFFECTS = {
	none: 'card.effects.none',
	workspace: 'card.effects.workspace',
	external: 'card.effects.external',
	irreversible: 'card.effects.irreversible',
} as const;
const RISKS = {
	low: 'card.risk.low',
	medium: 'card.risk.medium',
	high: 'card.risk.high',
	critical: 'card.risk.critical',
} as const;
const STATES = {
	pending: 'card.state.pending',
	expired: 'card.state.expired',
	superseded: 'card.state.superseded',
	cancelled: 'card.state.cancelled',
} as const;
const OUTCOMES = {
	happened: 'card.outcome.happened',
	again: 'card.outcome.again',
	abandon: 'card.outcome.abandon',
} as const;
const ENDS = {
	started: 'card.effect.started',
	done: 'card.effect.done',
	failed: 'card.effect.failed',
	unknown: 'card.effect.unknown',
} as const;
const ACTS = {
	approve: 'card.act.approve',
	for_run: 'card.act.for_run',
	edit: 'card.act.edit',
	deny: 'card.act.deny',
	details: 'card.act.details',
	happened: 'card.act.happened',
	again: 'card.act.again',
	abandon: 'card.act.abandon',
	approve_all: 'card.act.approve_all',
} as const;

export function cardTexts(approval: Approval, say: Say, style: ApprovalStyle): CardTexts {
	const { agent, name, title, deciders, expiresAt, items } = approval;
	const who = say('card.for', {
		agent: style.plain(agent, NAME),
		name: style.plain(name, NAME),
		title: style.plain(title, SENTENCE),
	});
	const open = items.filter(({ state }) => state === 'pending');
	if (open.length === 0) return { heading: say('card.heading.closed'), about: [who] };
	const isOutcome = open.every(({ question }) => question === 'outcome');
	const heading = say(isOutcome ? 'card.heading.outcome' : 'card.heading.run', { count: open.length });
	const until = say(isOutcome ? 'card.until_outcome' : 'card.until', { time: style.time(expiresAt) });
	return { heading, about: [who, say('card.deciders', { deciders: style.plain(deciders, SENTENCE) }), until] };
}

/** `index` counts from 0. `room`: how many times the usual length of foreign sentences is shown. */
export function itemTexts(
	approval: Approval,
	index: number,
	say: Say,
	style: ApprovalStyle,
	room = 1,
): ItemTexts | null {
	const item = approval.items[index];
	if (item === undefined) return null;
	const most = SENTENCE * room;
	const name = say('card.item', { tool: style.plain(item.tool, NAME), source: style.plain(item.source, NAME) });
	return {
		title: approval.items.length > 1 ? `${index + 1}. ${name}` : name,
		state: stateText(item, say, style, most),
		facts: factsOf(item, say, style, most),
		arguments: argumentsText(item.arguments),
		change: changeOf(item, say, style),
	};
}

function factsOf(item: ApprovalItem, say: Say, style: ApprovalStyle, most: number): string[] {
	const { question, effects, risk, reasons, said, digest, state } = item;
	const isRun = question === 'run';
	const held = reasons.map(({ rule, text }) =>
		say('card.held', { text: style.plain(text, most), rule: style.plain(rule, NAME) }),
	);
	const claim = said.trim() === '' ? [] : [say('card.said', { text: style.plain(revealedText(said), most) })];
	return [
		say(EFFECTS[effects]),
		say(RISKS[risk]),
		...(isRun ? held : [say('card.cut_off')]),
		...claim,
		...(state === 'pending' ? [...votesOf(item, say, style), ...grantOf(item, say, style, most)] : []),
		say('card.digest', { digest: style.plain(digest, DIGEST) }),
	];
}

const grantOf = ({ grant }: ApprovalItem, say: Say, style: ApprovalStyle, most: number): string[] =>
	grant === null ? [] : [say('card.for_run', { grant: style.plain(grant, most) })];

/** Said only where it says more than that one person is needed. */
function votesOf({ votes, needed }: ApprovalItem, say: Say, style: ApprovalStyle): string[] {
	const given = votes.filter(({ decision }) => decision === 'approve');
	if (needed < 2) return [];
	if (given.length === 0) return [say('card.votes_none', { needed })];
	return [say('card.votes', { given: given.length, needed, people: peopleOf(given, style) })];
}

const peopleOf = (votes: ApprovalItem['votes'], style: ApprovalStyle): string =>
	votes.map(({ by }) => style.person(by)).join(', ');

function changeOf({ before, editedBy, arguments: now }: ApprovalItem, say: Say, style: ApprovalStyle) {
	if (before === null) return null;
	const about = editedBy === null ? say('card.changed') : say('card.edited', { person: style.person(editedBy) });
	return { about, text: differenceText(argumentsText(before), argumentsText(now)) };
}

function stateText(one: ApprovalItem, say: Say, style: ApprovalStyle, most: number): string {
	const { state, votes, outcome, effect, denial } = one;
	const people = (decision: 'approve' | 'deny') =>
		peopleOf(
			votes.filter((vote) => vote.decision === decision),
			style,
		);
	switch (state) {
		case 'approved': {
			const by = people('approve');
			const decided = outcome === null ? say('card.approved', { people: by }) : say(OUTCOMES[outcome], { people: by });
			return effect === 'none' ? decided : `${decided} ${say(ENDS[effect])}`;
		}
		case 'denied': {
			const by = people('deny');
			const denied = by === '' ? say('card.denied_unasked') : say('card.denied', { people: by });
			return denial === null
				? denied
				: `${denied} ${say('card.denial', { reason: style.plain(revealedText(denial), most) })}`;
		}
		default:
			return say(STATES[state]);
	}
}

/** A text with at most `most` characters of it shown; `note`: that there is more, and the name of the file with all of it. */
export function excerptOf(text: string, most: number, file: string, say: Say): { shown: string; note: string | null } {
	if (text.length <= most) return { shown: text, note: null };
	const shown = text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
	return { shown, note: say('card.attached', { shown: shown.length, count: text.length, file }) };
}

/** What a person may do about one call, or with `approve_all` about all that wait. */
export type ApprovalAct = keyof typeof ACTS;

/** What can be done about a call now, in the order of its buttons; nothing once it is decided. */
export function actsOf({ state, question, grant }: ApprovalItem): readonly ApprovalAct[] {
	if (state !== 'pending') return [];
	if (question === 'outcome') return ['happened', 'again', 'abandon', 'details'];
	return ['approve', ...(grant === null ? [] : (['for_run'] as const)), 'edit', 'deny', 'details'];
}

export const actText = (act: ApprovalAct, say: Say): string => say(ACTS[act]);

/** Whether all that wait may be approved in one go: several, and none of more than medium risk. */
export function canApproveAll(approval: Approval): boolean {
	const open = approval.items.filter(({ state }) => state === 'pending');
	return (
		open.length > 1 && open.every(({ risk, question }) => question === 'run' && (risk === 'low' || risk === 'medium'))
	);
}
