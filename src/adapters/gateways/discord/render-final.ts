import type { MessageOf } from '../../../core/gateway.ts';
import type { Say } from '../../../core/say.ts';
import { resultFiles } from '../shared/result-files.ts';
import { answerText, factsText, headingOf, shortfallTexts } from '../shared/result-text.ts';
import { visibleText } from '../shared/visible-text.ts';
import type { DiscordBody } from './discord-body.ts';
import { harmlessMarkdown, partsOf } from './harmless-markdown.ts';
import { FILE_NOTE, LIMITS, SHOWN } from './limits.ts';
import { plainText } from './plain-text.ts';
import { continuedText, messageBody } from './text-body.ts';

type Final = MessageOf<'final'>;

/** Disclosures that are shown one by one. */
const MAX_MISSING = 6;
const FILE = 'answer.md';

/** The result, once it is whole: what it is worth and what it lacks, then the text. Nothing before. */
export function finalBodies(final: Final, say: Say): readonly DiscordBody[] {
	if (final.streaming || final.outcome === null) return [];
	const heading = headingOf({ ...final, hasAnswer: final.content !== '' }, say);
	const above = aboveText(final, heading, say);
	const facts = factsText(final, say);
	const below = facts === '' ? '' : `\n-# ${facts}`;
	const files = filesBodies(final, say);
	if (final.content === '') return [messageBody(`${above}\n${answerText(final, say)}${below}`), ...files];
	const shortened = `\n-# ${say('discord.shortened', { count: final.content.length, file: FILE })}`;
	const beside = above.length + shortened.length + below.length + FILE_NOTE;
	const parts = partsOf(harmlessMarkdown(final.content), LIMITS.content - beside);
	const isWhole = parts.length <= SHOWN.finalParts;
	const shown = parts.slice(0, SHOWN.finalParts);
	const rest = isWhole ? '' : shortened;
	const file = isWhole ? [] : [{ name: FILE, text: visibleText(final.content) }];
	const texts = shown.map((part, index) => {
		const isLast = index === shown.length - 1;
		const head = index === 0 ? above : continuedText(heading, index + 1, say);
		return messageBody(`${head}\n${part}${isLast ? rest + below : ''}`, { files: isLast ? file : [] });
	});
	return [...texts, ...files];
}

/** What the winner's folder held, as far as a message takes it. */
function filesBodies({ files }: Final, say: Say): readonly DiscordBody[] {
	const limits = { count: LIMITS.files, each: LIMITS.requestBytes, all: LIMITS.requestBytes };
	const found = resultFiles(files, limits, say);
	if (found === null) return [];
	const attached = found.attached.map(({ name, kept }) => ({ name, kept }));
	return [messageBody(`-# ${found.text}`, { files: attached, isSilent: true })];
}

function aboveText(final: Final, heading: string, say: Say): string {
	const { winner, content } = final;
	// That it was stopped is all that a result without a text says.
	const shortfalls = content === '' ? final.shortfalls.filter((one) => one !== 'cancelled') : final.shortfalls;
	const by = winner === null || content === '' ? [] : [`-# ${say('final.by', { agent: plainText(winner, 80) })}`];
	const missing = shortfallTexts({ shortfalls }, say)
		.slice(0, MAX_MISSING)
		.map((text) => `> ${text}`);
	return [`## ${heading}`, ...by, ...missing].join('\n');
}
