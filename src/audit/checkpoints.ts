import { createHmac, timingSafeEqual } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../core/canonical-json.ts';
import type { ChainHead } from './heads.ts';

const checkpointSchema = z.strictObject({
	v: z.literal(1),
	at: z.string(),
	platform: z.string(),
	tenant: z.string(),
	seq: z.number().int().positive(),
	hash: z.string(),
	mac: z.string(),
});
type Checkpoint = z.infer<typeof checkpointSchema>;

/**
 * Signed lines about how far each chain had got, in a file of their own: whoever cuts rows off the end of the store, or
 * brings back an older one, leaves a line that says so.
 */
export interface Checkpoints {
	/** Writes the newest heads; those that come while it writes go with the next line. */
	note(heads: readonly ChainHead[]): void;
	/** Resolves when everything noted has been written, or could not be. */
	settled(): Promise<void>;
}

export interface CheckpointsOptions {
	file: string;
	key: Buffer;
	now(): number;
	onProblem(error: unknown): void;
}

export function createCheckpoints({ file, key, now, onProblem }: CheckpointsOptions): Checkpoints {
	const waiting = new Map<string, ChainHead>();
	let writing: Promise<void> | null = null;

	const flush = async (): Promise<void> => {
		await mkdir(dirname(file), { recursive: true });
		while (waiting.size > 0) {
			const heads = [...waiting.values()];
			waiting.clear();
			const at = new Date(now()).toISOString();
			await appendFile(file, heads.map((head) => `${JSON.stringify(signed(head, at, key))}\n`).join(''), {
				mode: 0o600,
				flush: true,
			});
		}
	};

	return {
		note(heads) {
			for (const head of heads) waiting.set(JSON.stringify([head.platform, head.tenant]), head);
			writing ??= flush()
				.catch(onProblem)
				.finally(() => {
					writing = null;
				});
		},
		async settled() {
			await writing;
		},
	};
}

function signed({ platform, tenant, seq, hash }: ChainHead, at: string, key: Buffer): Checkpoint {
	const open = { v: 1 as const, at, platform, tenant, seq, hash };
	return { ...open, mac: macOf(open, key) };
}

const macOf = (open: Omit<Checkpoint, 'mac'>, key: Buffer) =>
	createHmac('sha256', key)
		.update(`checkpoint${canonicalJson(open)}`)
		.digest('hex');

/**
 * What the file says. `foreign`: numbers, from 1, of lines that were not signed with this key. A last line without its
 * end is one that a process died over.
 */
export async function readCheckpoints(
	file: string,
	key: Buffer,
): Promise<{ heads: readonly ChainHead[]; foreign: readonly number[] }> {
	const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return '';
		throw error;
	});
	const heads: ChainHead[] = [];
	const foreign: number[] = [];
	for (const [index, line] of text.split('\n').slice(0, -1).entries()) {
		const head = verified(line, key);
		if (head === null) foreign.push(index + 1);
		else heads.push(head);
	}
	return { heads, foreign };
}

function verified(line: string, key: Buffer): ChainHead | null {
	try {
		const { mac, ...open } = checkpointSchema.parse(JSON.parse(line));
		const due = Buffer.from(macOf(open, key));
		const given = Buffer.from(mac);
		return due.length === given.length && timingSafeEqual(due, given) ? open : null;
	} catch {
		return null;
	}
}
