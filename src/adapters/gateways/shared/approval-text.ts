import type { Approval, ApprovalItem, ApprovalVote, Person, Risk } from '../../../core/approval.ts';
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

/** In whose language and markup a card speaks. */
interface ApprovalVoice {
	say: Say;
	style: ApprovalStyle;
	/** How many times the usual length of foreign sentences is shown. */
	room: number;
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

/** Longest name, and longest sentence of a rule, a person or a model, in characters. */
const NAME = 80;
const SENTENCE = 300;
const DIGEST = 12;
/** Reasons that are shown one by one. */
const REASONS = 4;

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

/** What a person may do about one call, or with `approve_all` about all that wait. */
export type ApprovalAct = keyof typeof ACTS;

/** What a card says above its items. `room`: how many times the usual length of foreign sentences is shown. */
export function cardTexts(approval: Approval, say: Say, style: ApprovalStyle, room = 1): CardTexts {
	const voice = { say, style, room };
	const { agent, name, title, deciders, expiresAt, items, heldBack } = approval;
	const who = say('card.for', {
		agent: named(agent, voice),
		name: named(name, voice),
		title: sentence(title, voice),
	});
	const open = items.filter(({ state }) => state === 'pending');
	if (open.length === 0) return { heading: say('card.heading.closed'), about: [who] };
	const isOutcome = open.every(({ question }) => question === 'outcome');
	const heading = say(isOutcome ? 'card.heading.outcome' : 'card.heading.run', { count: open.length });
	const until = say(isOutcome ? 'card.until_outcome' : 'card.until', { time: style.time(expiresAt) });
	const may =
		deciders === '' ? say('card.deciders_none') : say('card.deciders', { deciders: sentence(deciders, voice) });
	const more = heldBack > 0 ? [say('card.held_back', { count: heldBack })] : [];
	const count = reminderTexts(approval, say, style).length;
	const reminded = count > 0 ? [say('card.reminded', { count })] : [];
	return { heading, about: [who, may, until, ...more, ...reminded] };
}

/**
 * What is said below a card that still waits, oldest first: a reminder, and one more each time it went to further people.
 * Edits of a card are heard by nobody, new messages are.
 */
export function reminderTexts(approval: Approval, say: Say, style: ApprovalStyle): readonly string[] {
	const { items, remindedAt, tier, expiresAt } = approval;
	if (items.every(({ state }) => state !== 'pending')) return [];
	const deciders = sentence(approval.deciders, { say, style, room: 1 });
	const values = { deciders, time: style.time(expiresAt) };
	return [
		...(remindedAt === null ? [] : [say('card.reminder', values)]),
		...Array.from({ length: tier }, () => say('card.passed_on', values)),
	];
}

/** What a card says of one of its calls; `index` counts from 0, `room` is as in `cardTexts`. */
export function itemTexts(
	{ items }: Pick<Approval, 'items'>,
	index: number,
	say: Say,
	style: ApprovalStyle,
	room = 1,
): ItemTexts | null {
	const voice = { say, style, room };
	const item = items[index];
	if (item === undefined) return null;
	const name = say('card.item', { tool: named(item.tool, voice), source: named(item.source, voice) });
	return {
		title: items.length > 1 ? `${index + 1}. ${name}` : name,
		state: stateText(item, voice),
		facts: factsOf(item, voice),
		arguments: argumentsText(item.arguments),
		change: changeOf(item, voice),
	};
}

const named = (name: string, { style, room }: ApprovalVoice): string =>
	style.plain(revealedText(name), Math.ceil(NAME * Math.min(1, room)));
const sentence = (text: string, { style, room }: ApprovalVoice): string =>
	style.plain(revealedText(text), Math.ceil(SENTENCE * room));
const peopleOf = (votes: ApprovalItem['votes'], { style }: ApprovalVoice): string =>
	votes.map(({ by }) => style.person(by)).join(', ');

function factsOf(item: ApprovalItem, voice: ApprovalVoice): string[] {
	const { say } = voice;
	const { question, effects, risk, said, digest, state, grant } = item;
	const claim = said.trim() === '' ? [] : [say('card.said', { text: sentence(said, voice) })];
	const asked = [
		...votesOf(item, voice),
		...(grant === null ? [] : [say('card.for_run', { grant: sentence(grant, voice) })]),
	];
	return [
		say(EFFECTS[effects]),
		riskText(risk, say),
		...(question === 'run' ? reasonsOf(item, voice) : [say('card.cut_off')]),
		...claim,
		...(state === 'pending' ? asked : []),
		say('card.digest', { digest: voice.style.plain(digest.slice(0, DIGEST), DIGEST) }),
	];
}

function reasonsOf({ reasons }: ApprovalItem, voice: ApprovalVoice): string[] {
	const { say } = voice;
	const most = voice.room > 1 ? reasons.length : REASONS;
	const left = reasons.length - most;
	return [
		...reasons
			.slice(0, most)
			.map(({ rule, text }) => say('card.held', { text: sentence(text, voice), rule: named(rule, voice) })),
		...(left > 0 ? [say('board.more', { count: left })] : []),
	];
}

/** Said only where it says more than that one person is needed. */
function votesOf({ votes, needed }: ApprovalItem, voice: ApprovalVoice): string[] {
	const given = votes.filter(({ decision }) => decision === 'approve');
	if (needed < 2) return [];
	if (given.length === 0) return [voice.say('card.votes_none', { needed })];
	return [voice.say('card.votes', { given: given.length, needed, people: peopleOf(given, voice) })];
}

function changeOf({ before, editedBy, arguments: now }: ApprovalItem, { say, style }: ApprovalVoice) {
	if (before === null) return null;
	const about = editedBy === null ? say('card.changed') : say('card.edited', { person: style.person(editedBy) });
	return { about, text: differenceText(argumentsText(before), argumentsText(now)) };
}

function stateText({ state, votes, outcome, effect, denial }: ApprovalItem, voice: ApprovalVoice): string {
	const { say } = voice;
	if (outcome !== null) return withEnd(say(OUTCOMES[outcome], { people: peopleOf(votes, voice) }), effect, say);
	const by = (decision: ApprovalVote['decision']) =>
		peopleOf(
			votes.filter((vote) => vote.decision === decision),
			voice,
		);
	if (state === 'approved') return withEnd(say('card.approved', { people: by('approve') }), effect, say);
	if (state !== 'denied') return say(STATES[state]);
	const people = by('deny');
	const denied = people === '' ? say('card.denied_unasked') : say('card.denied', { people });
	return denial === null ? denied : `${denied} ${say('card.denial', { reason: sentence(denial, voice) })}`;
}

const withEnd = (decided: string, effect: ApprovalItem['effect'], say: Say): string =>
	effect === 'none' ? decided : `${decided} ${say(ENDS[effect])}`;

/** A text with at most `most` characters of it shown; `note`: that there is more, and the name of the file with all of it. */
export function excerptOf(text: string, most: number, file: string, say: Say): { shown: string; note: string | null } {
	if (text.length <= most) return { shown: text, note: null };
	const shown = text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
	return { shown, note: say('card.attached', { shown: shown.length, count: text.length, file }) };
}

export const riskText = (risk: Risk, say: Say): string => say(RISKS[risk]);

export const actText = (act: ApprovalAct, say: Say): string => say(ACTS[act]);

/** What can be done about a call now, in the order of its buttons; nothing once it is decided. */
export function actsOf({ state, question, grant }: ApprovalItem): readonly ApprovalAct[] {
	if (state !== 'pending') return [];
	if (question === 'outcome') return ['happened', 'again', 'abandon', 'details'];
	return ['approve', ...(grant === null ? [] : (['for_run'] as const)), 'edit', 'deny', 'details'];
}

/** Whether all that wait may be approved in one go: several, and none of more than medium risk. */
export function canApproveAll({ items }: Approval): boolean {
	const open = items.filter(({ state }) => state === 'pending');
	const isMild = ({ risk, question }: ApprovalItem) => question === 'run' && (risk === 'low' || risk === 'medium');
	return open.length > 1 && open.every(isMild);
}
