import type { MessageOf, RenderContext } from '../../../core/gateway.ts';
import { visibleText } from '../shared/visible-text.ts';
import type { DiscordBody } from './discord-body.ts';
import { fileName } from './file-name.ts';
import { harmlessMarkdown, partsOf } from './harmless-markdown.ts';
import { FILE_NOTE, LIMITS, SHOWN } from './limits.ts';
import { plainText } from './plain-text.ts';
import { continuedText, messageBody } from './text-body.ts';

/**
 * An agent's answer as it stands. One that is too long for a message is shortened, with the whole of it in a file;
 * with the verbosity `full` it takes several messages first.
 */
export function slotBodies(slot: MessageOf<'slot'>, { say, verbosity }: RenderContext): readonly DiscordBody[] {
	const agent = plainText(slot.agent, 80);
	const about = [plainText(slot.name, 40), say('slot.version', { version: slot.version })].join(' · ');
	const heading = `## ${agent}\n-# ${about}`;
	const name = fileName(slot.agent, `v${slot.version}`);
	const shortened = `\n-# ${say('discord.shortened', { count: slot.content.length, file: plainText(name, 80) })}`;
	const beside = Math.max(heading.length, continuedText(agent, SHOWN.slotParts, say).length) + shortened.length;
	const parts = partsOf(harmlessMarkdown(slot.content), LIMITS.content - beside - FILE_NOTE);
	const most = verbosity === 'full' ? SHOWN.slotParts : 1;
	const isWhole = parts.length <= most;
	const file = isWhole ? [] : [{ name, text: visibleText(slot.content) }];
	const shown = parts.slice(0, most);
	if (shown.length === 0) return [messageBody(heading, { isSilent: true })];
	return shown.map((part, index) => {
		const above = index === 0 ? heading : continuedText(agent, index + 1, say);
		const below = isWhole || index < shown.length - 1 ? '' : shortened;
		return messageBody(`${above}\n${part}${below}`, { isSilent: true, files: index === 0 ? file : [] });
	});
}
