import { gzipSync } from 'node:zlib';
import type { Say } from '../../../core/say.ts';
import type { DiscordBody } from './discord-body.ts';
import { LIMITS } from './limits.ts';
import { plainText } from './plain-text.ts';

/** A body with its files as they are sent: one that is too large is packed, and if that does not help, named. */
export interface SizedBody {
	body: DiscordBody;
	data: readonly { name: string; data: Buffer }[];
}

const MEGABYTE = 1024 * 1024;

/** `most`: bytes that a file may have; 0: none is taken. */
export function sizedFiles(body: DiscordBody, most: number, say: Say): SizedBody {
	if (body.files.length === 0) return { body, data: [] };
	const sent: { name: string; data: Buffer }[] = [];
	const notes: string[] = [];
	for (const { name, text } of body.files) {
		const whole = { name, data: Buffer.from(text) };
		const packed = whole.data.length <= most ? whole : { name: `${name}.gz`, data: gzipSync(whole.data) };
		if (packed.data.length <= most) sent.push(packed);
		else notes.push(noteOf(name, whole.data.length, say));
	}
	const content = [body.content, ...notes].join('\n').slice(0, LIMITS.content);
	const files = sent.map(({ name }) => ({ name, text: '' }));
	return { body: { ...body, content, files }, data: sent };
}

const noteOf = (file: string, bytes: number, say: Say): string =>
	`-# ${say('discord.file_left_out', {
		file: plainText(file, 60),
		megabytes: Number((bytes / MEGABYTE).toFixed(1)),
	})}`;
