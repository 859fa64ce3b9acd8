import { type Approval, isOpen } from '../../../core/approval.ts';
import type { MessageOf, Place, RenderContext } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import { approvalControl, type CardAct, cardActText } from '../shared/approval-control.ts';
import { canApproveAll, cardTexts, reminderTexts, riskText } from '../shared/approval-text.ts';
import { actions, type Button, context, header, partText, section } from './blocks.ts';
import { type CardItem, cardItem, MAX_CODE, ROOMS, slackStyle } from './card-item.ts';
import { MAX_SECTION } from './limits.ts';
import type { SlackBlock, SlackBody } from './slack-body.ts';
import { clipped, escaped, foreignLine } from './slack-text.ts';

type Card = MessageOf<'approval'>;
type MessageBody = Extract<SlackBody, { type: 'message' }>;

/** Calls of one message, and characters of them: with what is above and below that fits Slack's limits. */
const PAGE = 6;
const PAGE_TEXT = 8500;
/** Longest arguments that are shown of a call that shares its message with others, in characters. */
const SHARED_CODE = 1200;
const MAX_FALLBACK = 1500;

/** A message of a card, and whose buttons are on it. */
export interface CardPage {
	callIds: readonly string[];
	body: MessageBody;
}

/** A card: its messages, behind them what of the arguments they could not show, and reminders. */
export function renderApproval(card: Card, context: RenderContext): SlackBody[] {
	const { approval } = card;
	const { say } = context;
	const pages = pagesOf(approval, context);
	return [
		...pages.map((items, page) => bodyOf(approval, items, { page, pages: pages.length }, context)),
		...pages.flat().flatMap(({ files }) => files.map((file) => fileOf(file, say))),
		...reminderTexts(approval, say, slackStyle).map(reminderBody),
	];
}

/** The messages of a card alone. */
export function cardPages(card: Card, context: RenderContext): CardPage[] {
	const pages = pagesOf(card.approval, context);
	return pages.map((items, page) => ({
		callIds: items.map(({ callId }) => callId),
		body: bodyOf(card.approval, items, { page, pages: pages.length }, context),
	}));
}

function pagesOf(approval: Approval, { place, say }: RenderContext): CardItem[][] {
	const most = approval.items.length === 1 ? MAX_CODE : SHARED_CODE;
	const pages: CardItem[][] = [];
	let left = 0;
	for (const index of approval.items.keys()) {
		const item = cardItem(place, approval, index, most, say);
		if (item === null) continue;
		const length = Math.max(textLength(item.blocks), textLength(item.plainBlocks));
		const last = pages.at(-1);
		if (last === undefined || last.length === PAGE || length > left) {
			pages.push([item]);
			left = PAGE_TEXT - length;
		} else {
			last.push(item);
			left -= length;
		}
	}
	return pages;
}

/** Characters of everything that is read in a value made of JSON. */
function textLength(value: unknown): number {
	if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + textLength(one), 0);
	if (typeof value !== 'object' || value === null) return 0;
	return Object.entries(value).reduce(
		(sum, [key, inner]) => sum + (key === 'text' && typeof inner === 'string' ? inner.length : textLength(inner)),
		0,
	);
}

function bodyOf(
	approval: Approval,
	items: readonly CardItem[],
	{ page, pages }: { page: number; pages: number },
	{ place, say }: RenderContext,
): MessageBody {
	const { heading, about } = aboveOf(approval, say);
	const top: SlackBlock[] =
		page === 0 ? [header(heading), section(about)] : context([heading, partText(page + 1, pages, say)]);
	const all = page === 0 ? allButtons(place, approval, say) : [];
	const bottom = [...actions(all), ...context([say('card.request', { id: `\`${approval.id}\`` })])];
	return {
		type: 'message',
		text: textOf(approval, heading, say),
		blocks: [...top, ...items.flatMap(({ blocks }) => blocks), ...bottom],
		plainBlocks: [...top, ...items.flatMap(({ plainBlocks }) => plainBlocks), ...bottom],
		controls: [...items.flatMap(({ buttons }) => buttons), ...all].map(({ control }) => control),
	};
}

function aboveOf(approval: Approval, say: Say): { heading: string; about: string } {
	const versions = ROOMS.map((room) => {
		const { heading, about } = cardTexts(approval, say, slackStyle, room);
		return { heading, about: about.join('\n') };
	});
	return versions.find(({ about }) => about.length <= MAX_SECTION / 2) ?? versions.at(-1) ?? { heading: '', about: '' };
}

/** What notifications say: what wants to run, and how it stands. */
function textOf(approval: Approval, heading: string, say: Say): string {
	const calls = cardCalls(approval, say).join('\n');
	return clipped(`${heading}\n${calls}`, MAX_FALLBACK);
}

const cardCalls = (approval: Approval, say: Say): string[] =>
	approval.items.map(({ tool, source, risk, state }) => {
		const name = say('card.item', { tool: escaped(foreignLine(tool, 60)), source: escaped(foreignLine(source, 40)) });
		return state === 'pending' ? `${name} · ${riskText(risk, say)}` : name;
	});

function allButtons(place: Place, approval: Approval, say: Say): Button[] {
	if (!isOpen(approval)) return [];
	const acts: readonly CardAct[] = canApproveAll(approval) ? ['approve_all', 'stop_run'] : ['stop_run'];
	return acts.map((act) => ({ control: approvalControl(place, approval, act, null), label: cardActText(act, say) }));
}

function reminderBody(text: string): SlackBody {
	const blocks = [section(text)];
	return { type: 'message', text: clipped(text, MAX_FALLBACK), blocks, plainBlocks: blocks, controls: [] };
}

function fileOf({ name, content }: { name: string; content: string }, say: Say): SlackBody {
	const instead = say('card.file_refused', { name });
	return { type: 'file', files: [{ name, content }], mark: name, text: say('card.file', { name }), instead };
}
