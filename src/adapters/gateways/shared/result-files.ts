import type { KeptFiles } from '../../../core/kept-files.ts';
import type { Say } from '../../../core/say.ts';

/** A file that is attached to a result. */
export interface ResultFile {
	/** Harmless, and no other file of the result has it. */
	name: string;
	/** What `GatewayHost.keptFile` knows it by. */
	kept: string;
	bytes: number;
}

export interface AttachmentLimits {
	/** Files. */
	count: number;
	/** Bytes of one file, and of all of them together. */
	each: number;
	all: number;
}

/** Longest name, in characters. */
const NAME = 80;
/** Names that a system takes for a device. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/** What of a result's files can be attached, in the order of their paths, and a line for people on that. */
export function resultFiles(
	files: KeptFiles | null,
	limits: AttachmentLimits,
	say: Say,
): { attached: readonly ResultFile[]; text: string } | null {
	if (files === null || files.count === 0) return null;
	const attached: ResultFile[] = [];
	let room = limits.all;
	for (const { path, bytes, id } of files.listed) {
		const fits = bytes > 0 && bytes <= Math.min(limits.each, room) && attached.length < limits.count;
		if (!fits) continue;
		const name = freshName(
			path,
			attached.map((one) => one.name),
		);
		attached.push({ name, kept: id, bytes });
		room -= bytes;
	}
	const left = files.count - attached.length;
	const lines = [
		...(attached.length > 0 ? [say('files.attached', { count: attached.length })] : []),
		...(left > 0 ? [say('files.left', { count: left })] : []),
	];
	return { attached, text: lines.join(' · ') };
}

function freshName(path: string, taken: readonly string[]): string {
	const name = harmlessName(path);
	if (!taken.includes(name)) return name;
	for (let number = 2; ; number += 1) {
		const numbered = `${number}-${name}`;
		if (!taken.includes(numbered)) return numbered;
	}
}

/** A path as one name that every system takes: its folders are part of it, and its ending stays. */
function harmlessName(path: string): string {
	const words = path.normalize('NFC').replace(/[^\p{L}\p{N}._-]+/gu, '_');
	const plain = words.replace(/\.{2,}/g, '.').replace(/^[._-]+|[._-]+$/g, '') || 'file';
	const safe = DEVICE.test(plain) ? `file-${plain}` : plain;
	const characters = [...safe];
	return characters.length <= NAME
		? safe
		: characters
				.slice(-NAME)
				.join('')
				.replace(/^[._-]+/, '');
}
