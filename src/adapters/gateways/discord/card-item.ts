import type { Approval } from '../../../core/approval.ts';
import type { Say } from '../../../core/say.ts';
import { type ApprovalStyle, excerptOf, itemTexts } from '../shared/approval-text.ts';
import type { DiscordFile } from './discord-body.ts';
import { personText, plainText } from './plain-text.ts';

/** How Discord writes what is not ours. Nobody is called: messages ping nobody. */
export const discordStyle: ApprovalStyle = {
	plain: plainText,
	person: ({ platform, user }) => (platform === 'discord' ? personText(user) : plainText(`${user} (${platform})`, 80)),
	time: (at) => `<t:${Math.floor(at / 1000)}:f>`,
};

export interface CardItem {
	text: string;
	/** What did not fit into it, whole. */
	files: readonly DiscordFile[];
}

/** Shares of the usual length of sentences, from the fullest version to one that fits with certainty. */
export const ROOMS = [1, 0.5, 0.2, 0.05];
/** What arguments get at least while sentences can be shortened instead, in characters. */
const LEAST_CODE = 300;
/** What a block of code and the sentence about its file take, in characters. */
const AROUND_CODE = 160;

/** One call on a card, in at most `limit` characters. What arguments do not fit are in a file beside it, whole. */
export function cardItem(approval: Approval, index: number, limit: number, say: Say): CardItem {
	for (const room of ROOMS) {
		const texts = itemTexts(approval, index, say, discordStyle, room);
		if (texts === null) break;
		const { title, state, facts, change } = texts;
		const lines = [`**${title}**`, state, ...facts.map((fact) => `- ${fact}`)];
		const codes = [
			...(change === null
				? []
				: [{ about: change.about, text: change.text, language: 'diff', name: 'difference', end: 'txt' }]),
			{ about: null, text: texts.arguments, language: 'json', name: 'arguments', end: 'json' },
		];
		const rest = limit - lines.join('\n').length - codes.length * AROUND_CODE - (change?.about.length ?? 0);
		const wanted = codes.reduce((sum, { text }) => sum + Math.min(LEAST_CODE, text.length), 0);
		if (rest < wanted && room !== ROOMS.at(-1)) continue;
		return withCodes(lines, codes, Math.max(0, rest), approval.items.length > 1 ? `-${index + 1}` : '', say);
	}
	return { text: '', files: [] };
}

interface Code {
	about: string | null;
	text: string;
	language: string;
	name: string;
	end: string;
}

function withCodes(lines: readonly string[], codes: readonly Code[], room: number, number: string, say: Say): CardItem {
	const files: DiscordFile[] = [];
	const shown = [...lines];
	let left = room;
	for (const [at, { about, text, language, name, end }] of codes.entries()) {
		const file = `${name}${number}.${end}`;
		const excerpt = excerptOf(text, Math.floor(left / (codes.length - at)), `\`${file}\``, say);
		left -= excerpt.shown.length;
		if (about !== null) shown.push(about);
		if (excerpt.shown !== '') shown.push(`\`\`\`${language}\n${excerpt.shown}\n\`\`\``);
		if (excerpt.note === null) continue;
		shown.push(`**${excerpt.note}**`);
		files.push({ name: file, text });
	}
	return { text: shown.join('\n'), files };
}
