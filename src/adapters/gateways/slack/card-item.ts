import type { Approval } from '../../../core/approval.ts';
import type { Place } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import { approvalControl } from '../shared/approval-control.ts';
import { type ApprovalStyle, actsOf, actText, excerptOf, type ItemTexts, itemTexts } from '../shared/approval-text.ts';
import { actions, type Button, context, plainSections, section } from './blocks.ts';
import { MAX_SECTION } from './limits.ts';
import { personMark } from './person-mark.ts';
import type { SlackBlock } from './slack-body.ts';
import { escaped, foreignLine } from './slack-text.ts';

/** How Slack's own markup has what is not ours. Nobody is called: names are put in when a message is sent. */
export const slackStyle: ApprovalStyle = {
	plain: (text, max) => escaped(foreignLine(text, max)),
	person: ({ platform, user }) =>
		(platform === 'slack' ? personMark(user) : null) ?? escaped(foreignLine(`${user} (${platform})`, 80)),
	time: (at) => {
		const fallback = `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
		return `<!date^${Math.floor(at / 1000)}^{date_short_pretty} {time}|${fallback}>`;
	},
};

/** Shares of the usual length of sentences, from the fullest version to one that fits with certainty. */
export const ROOMS = [1, 0.5, 0.2, 0.05];
/** Longest text in a block of code: what a section takes. Nothing else is known of it. */
export const MAX_CODE = 2900;

/** A block of code that shows its text as it is: nothing in it is read as markup. */
export const code = (text: string): SlackBlock => ({
	type: 'rich_text',
	elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text }] }],
});

export interface CardItem {
	callId: string;
	blocks: readonly SlackBlock[];
	/** The same in blocks of the oldest kind. */
	plainBlocks: readonly SlackBlock[];
	buttons: readonly Button[];
	/** What was not shown whole. */
	files: readonly { name: string; content: string }[];
}

/** One call on a card. What of its arguments is longer than `most` is in a file, whole. */
export function cardItem(place: Place, approval: Approval, index: number, most: number, say: Say): CardItem | null {
	const item = approval.items[index];
	const texts = textsOf(approval, index, say);
	if (item === undefined || texts === null) return null;
	const isOne = approval.items.length === 1;
	const suffix = `${approval.id.slice(0, 8)}${isOne ? '' : `-${index + 1}`}`;
	const shown: CodeContext = { most, say, files: [] };
	const { change } = texts;
	const top = section(topText(texts));
	const codes = [
		...(change === null
			? []
			: codeBlocks({ about: change.about, text: change.text, name: `difference-${suffix}.txt` }, shown)),
		...codeBlocks({ about: null, text: texts.arguments, name: `arguments-${suffix}.json` }, shown),
	];
	const buttons = actsOf(item).map((act): Button => {
		const label = `${isOne ? '' : `${index + 1} · `}${actText(act, say)}`;
		const style = act === 'approve' ? 'primary' : act === 'deny' ? 'danger' : null;
		const control = approvalControl(place, approval, act, item);
		return { control, label, spoken: `${label}: ${foreignLine(item.tool, 60)}`, ...(style === null ? {} : { style }) };
	});
	return {
		callId: item.callId,
		blocks: [top, ...codes.map(({ block }) => block), ...actions(buttons)],
		plainBlocks: [top, ...codes.flatMap(({ plain }) => plain), ...actions(buttons)],
		buttons,
		files: shown.files,
	};
}

function textsOf(approval: Approval, index: number, say: Say): ItemTexts | null {
	const versions = ROOMS.map((room) => itemTexts(approval, index, say, slackStyle, room));
	return versions.find((texts) => texts !== null && topText(texts).length <= MAX_SECTION) ?? versions.at(-1) ?? null;
}

const topText = ({ title, state, facts }: ItemTexts): string =>
	[`*${title}*`, state, ...facts.map((fact) => `• ${fact}`)].join('\n');

interface CodeContext {
	most: number;
	say: Say;
	/** Grows by what is not shown whole. */
	files: { name: string; content: string }[];
}

function codeBlocks(
	{ about, text, name }: { about: string | null; text: string; name: string },
	{ most, say, files }: CodeContext,
): { block: SlackBlock; plain: readonly SlackBlock[] }[] {
	const { shown, note } = excerptOf(text, most, name, say);
	if (note !== null) files.push({ name, content: text });
	const same = (block: SlackBlock) => ({ block, plain: [block] });
	return [
		...(about === null ? [] : [same(section(about))]),
		{ block: code(shown || ' '), plain: plainSections(shown || ' ') },
		...(note === null ? [] : context([`*${note}*`]).map(same)),
	];
}
