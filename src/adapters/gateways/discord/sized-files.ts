import { gzipSync } from 'node:zlib';
import type { Say } from '../../../core/say.ts';
import type { DiscordBody } from './discord-body.ts';
import { LIMITS } from './limits.ts';
import type { LoadedFile } from './loaded-files.ts';
import { plainText } from './plain-text.ts';

/** A body with its files as they are sent: one that is too large is packed, and if that does not help, named. */
export interface SizedBody {
	/** `files` are those that are sent. */
	body: DiscordBody;
	data: readonly { name: string; data: Buffer }[];
}

const MEGABYTE = 1024 * 1024;

/** `most`: bytes that a file may have; 0: none is taken. `gone`: names of files that could not be read. */
export function sizedFiles(
	body: DiscordBody,
	{ loaded, gone }: { loaded: readonly LoadedFile[]; gone: readonly string[] },
	most: number,
	say: Say,
): SizedBody {
	if (body.files.length === 0) return { body, data: [] };
	const sent: { name: string; data: Buffer }[] = [];
	const notes = gone.map((name) => `-# ${say('files.gone', { file: plainText(name, 60) })}`);
	for (const file of loaded) {
		const { name, data } = file;
		const packed = data.length <= most ? { name, data } : { name: `${name}.gz`, data: gzipSync(data) };
		if (packed.data.length <= most) sent.push(packed);
		else notes.push(noteOf(file, say));
	}
	const content = [body.content, ...notes].join('\n').slice(0, LIMITS.content);
	const files = sent.map(({ name }) => ({ name, text: '' }));
	return { body: { ...body, content, files }, data: sent };
}

function noteOf({ name, data, isResult }: LoadedFile, say: Say): string {
	const values = { file: plainText(name, 60), megabytes: Number((data.length / MEGABYTE).toFixed(1)) };
	return `-# ${isResult ? say('files.refused', values) : say('discord.file_left_out', values)}`;
}
