import { posix } from 'node:path';
import { OWN_FOLDER } from '../../../core/agent-folder.ts';
import { BotError } from '../../../core/errors.ts';
import type { SandboxMount } from '../../../core/sandbox.ts';
import type { Place } from './requests.ts';

/** Bytes of a path and of one of its parts, as on Linux. */
const LONGEST = { path: 4_095, part: 255 };

/** A path as a model wrote it, found among the folders. */
export interface Located {
	place: Place;
	/** Absolute, as the model knows it. */
	name: string;
	writable: boolean;
}

/** Absolute and without `.` and `..`: links play no part, because none is ever followed. */
export function absolute(written: string): string {
	if (written.includes('\0') || !written.isWellFormed()) {
		throw refused(written, 'it has a character that no file can have');
	}
	const name = posix.resolve(OWN_FOLDER, written);
	const isLong = Buffer.byteLength(name) > LONGEST.path;
	if (isLong || name.split('/').some((part) => Buffer.byteLength(part) > LONGEST.part)) {
		throw refused(written, 'it is too long');
	}
	return name;
}

/** Throws `input_invalid` with a sentence for the model when it is in none of the folders. */
export function locate(written: string, mounts: readonly SandboxMount[]): Located {
	const name = absolute(written);
	const folder = mounts.findIndex(({ at }) => `${name}/`.startsWith(`${at}/`));
	const mount = mounts[folder];
	if (mount === undefined) {
		throw refused(written, `it is in none of the folders: ${mounts.map(({ at }) => at).join(', ')}`);
	}
	const path = name.slice(mount.at.length + 1);
	return { place: { folder, path }, name, writable: mount.writable };
}

/** The folders that are below a path which is itself in none of them. */
export function foldersBelow(written: string, mounts: readonly SandboxMount[]): string[] {
	const name = absolute(written);
	return mounts.map(({ at }) => at).filter((at) => at !== name && at.startsWith(`${name === '/' ? '' : name}/`));
}

function refused(written: string, why: string): BotError {
	return new BotError('input_invalid', `${JSON.stringify(written.slice(0, 200))} cannot be used: ${why}.`);
}
