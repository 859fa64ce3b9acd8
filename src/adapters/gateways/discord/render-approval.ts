import { type Approval, isOpen } from '../../../core/approval.ts';
import type { MessageOf, Place, RenderContext } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import { approvalControl, type CardAct, cardActText } from '../shared/approval-control.ts';
import { actsOf, canApproveAll, cardTexts, reminderTexts } from '../shared/approval-text.ts';
import { type CardItem, cardItem, discordStyle, ROOMS } from './card-item.ts';
import { pageLine } from './card-page.ts';
import { clipText } from './clip-text.ts';
import type { DiscordBody, DiscordButton } from './discord-body.ts';
import { FILE_NOTE, LIMITS } from './limits.ts';
import { continuedText, messageBody } from './text-body.ts';

/** Calls on one message: each has a row of buttons, and one row is for what is about all of them. */
const PAGE = LIMITS.rows - 1;
/** Longest text above the calls, and of a call that shares its message with others, in characters. */
const HEAD = 700;
const SHARED = 800;

/**
 * A card: what wants to run, and what can be done about it. One message unless there are more calls than fit; reminders
 * are below it.
 */
export function approvalBodies(
	{ approval }: MessageOf<'approval'>,
	{ place, say }: RenderContext,
): readonly DiscordBody[] {
	const heading = `## ${cardTexts(approval, say, discordStyle).heading}`;
	const head = headText(approval, say);
	const pages = pagesOf(approval, head.length + pageLine(approval.id, 99, say).length + 2, say);
	const reminders = reminderTexts(approval, say, discordStyle).map((text) => messageBody(text));
	const shown = pages.map((items, page) => {
		const above = page === 0 ? head : continuedText(heading.slice(3), page + 1, say);
		const texts = items.map(({ item }) => item.text);
		return messageBody([above, ...texts, pageLine(approval.id, page, say)].join('\n'), {
			buttons: [
				...items.flatMap(({ index }) => itemButtons(place, approval, index, say)),
				...(page === 0 ? allButtons(place, approval, say) : []),
			],
			files: items.flatMap(({ item }) => item.files),
			isSilent: page > 0,
		});
	});
	return [...shown, ...reminders];
}

function headText(approval: Approval, say: Say): string {
	const versions = ROOMS.map((room) => {
		const { heading, about } = cardTexts(approval, say, discordStyle, room);
		return [`## ${heading}`, ...about.map((line) => `-# ${line}`)].join('\n');
	});
	return versions.find(({ length }) => length <= HEAD) ?? versions.at(-1) ?? '';
}

/** The calls of each message. `beside`: characters of everything else on it. */
function pagesOf(approval: Approval, beside: number, say: Say): readonly { index: number; item: CardItem }[][] {
	const room = LIMITS.content - beside - FILE_NOTE;
	const most = approval.items.length === 1 ? room : Math.min(room, SHARED);
	const pages: { index: number; item: CardItem }[][] = [];
	let left = 0;
	for (const index of approval.items.keys()) {
		const item = cardItem(approval, index, most, say);
		const last = pages.at(-1);
		if (last === undefined || last.length === PAGE || item.text.length + 1 > left) {
			pages.push([{ index, item }]);
			left = room - item.text.length;
		} else {
			last.push({ index, item });
			left -= item.text.length + 1;
		}
	}
	return pages;
}

const STYLES: Partial<Record<CardAct, DiscordButton['style']>> = {
	approve: 'success',
	approve_all: 'success',
	deny: 'danger',
	stop_run: 'danger',
};

function itemButtons(place: Place, approval: Approval, index: number, say: Say): DiscordButton[] {
	const item = approval.items[index];
	if (item === undefined) return [];
	const number = approval.items.length > 1 ? `${index + 1} · ` : '';
	return actsOf(item).map((act, at) => ({
		control: approvalControl(place, approval, act, item),
		label: clipText(`${number}${cardActText(act, say)}`, LIMITS.label),
		emoji: null,
		style: STYLES[act] ?? 'secondary',
		beginsRow: at === 0,
	}));
}

function allButtons(place: Place, approval: Approval, say: Say): DiscordButton[] {
	if (!isOpen(approval)) return [];
	const acts: readonly CardAct[] = canApproveAll(approval) ? ['approve_all', 'stop_run'] : ['stop_run'];
	return acts.map((act, at) => ({
		control: approvalControl(place, approval, act, null),
		label: cardActText(act, say),
		emoji: null,
		style: STYLES[act] ?? 'secondary',
		beginsRow: at === 0,
	}));
}
