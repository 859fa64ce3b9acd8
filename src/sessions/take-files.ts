import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import type { Attachment, OfferedFile } from '../core/attachment.ts';
import { BotError, messageOf } from '../core/errors.ts';
import { fileKept } from '../core/kept-files.ts';
import type { Say } from '../core/say.ts';
import type { Store } from '../core/store.ts';

/** Files with one question. */
const MAX_FILES = 10;
/** Bytes of one file. */
const MAX_BYTES = 5 * 1024 * 1024;
/** Characters of all texts together: they go into every prompt of the run. */
const MAX_TEXT = 200_000;

/** Kinds that agents read as text, beside everything that is `text/...`. */
const TEXT_TYPES = /^(?:text\/|application\/(?:json|xml|yaml|x-yaml|toml|javascript|typescript|x-sh|sql)\b)/;
const TEXT_NAMES = new Set(
	'.txt .md .csv .tsv .json .jsonl .yaml .yml .toml .xml .html .css .js .mjs .ts .tsx .jsx .py .rb .go .rs .java .kt .c .h .cpp .cs .php .sh .sql .log .ini .env .diff .patch .tex .svg'.split(
		' ',
	),
);
/** Kinds that are kept for the agents that can look at them. */
const KEPT_TYPES = /^(?:image\/(?:png|jpeg|gif|webp)|application\/pdf)$/;

/**
 * Fetches the files of a question and keeps them in the store. Throws `input_invalid` with a message for the person
 * that names every file that is too large, of an unknown kind or unreadable; then nothing was fetched, or nothing is
 * begun.
 */
export async function takeFiles(store: Store, files: readonly OfferedFile[], say: Say): Promise<Attachment[]> {
	const problems = files.flatMap((file) => problemOf(file, say) ?? []);
	if (files.length > MAX_FILES) problems.push(say('file.too_many', { count: files.length, most: MAX_FILES }));
	if (problems.length > 0) throw refused(problems, say);
	const taken = await Promise.all(files.map((file) => take(store, file, say)));
	const characters = taken.reduce((sum, { text }) => sum + (text?.length ?? 0), 0);
	if (characters > MAX_TEXT) throw refused([say('file.too_much_text', { characters, most: MAX_TEXT })], say);
	return taken;
}

function problemOf({ name, mediaType, bytes }: OfferedFile, say: Say): string | null {
	if (bytes > MAX_BYTES)
		return say('file.too_large', { name, megabytes: megabytes(bytes), most: megabytes(MAX_BYTES) });
	if (isText(name, mediaType) || KEPT_TYPES.test(mediaType)) return null;
	return say('file.unknown_kind', { name, kind: mediaType === '' ? extname(name) : mediaType });
}

async function take(store: Store, file: OfferedFile, say: Say): Promise<Attachment> {
	const { name, mediaType } = file;
	const bytes = await file.read().catch((thrown: unknown) => {
		throw refused([say('file.unreadable', { name, reason: messageOf(thrown) })], say);
	});
	const text = isText(name, mediaType) ? textOf(bytes) : null;
	if (isText(name, mediaType) && text === null) throw refused([say('file.not_text', { name })], say);
	const key = createHash('sha256').update(bytes).digest('hex');
	await store.commit(fileKept(key, Buffer.from(bytes).toString('base64')));
	return { name, mediaType, bytes: bytes.length, key, text };
}

const isText = (name: string, mediaType: string) =>
	TEXT_TYPES.test(mediaType) || TEXT_NAMES.has(extname(name).toLowerCase());

/** Null when it is not UTF-8. */
function textOf(bytes: Uint8Array): string | null {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		return null;
	}
}

const megabytes = (bytes: number): number => Math.round((10 * bytes) / 1024 / 1024) / 10;

function refused(problems: readonly string[], say: Say): BotError {
	const userMessage = [...problems, say('file.nothing_begun')].join(' ');
	return new BotError('input_invalid', problems.join(' '), { userMessage });
}

/** Each file once, however often it was sent. */
export function eachOnce(files: readonly Attachment[]): Attachment[] {
	return [...new Map(files.map((file) => [`${file.key} ${file.name}`, file])).values()];
}
