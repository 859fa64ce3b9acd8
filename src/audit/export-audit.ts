import { createHash } from 'node:crypto';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BotError } from '../core/errors.ts';
import type { Store } from '../core/store.ts';
import type { SealedRow } from './chain.ts';
import { type ChainReport, rowsOf } from './verify.ts';

export interface ExportOptions {
	store: Store;
	/** What is exported, as it was found. */
	chains: readonly ChainReport[];
	format: 'jsonl' | 'csv';
	/** Milliseconds since the epoch: rows from this moment on, and before that one; null: no bound. */
	from: number | null;
	to: number | null;
	/** A folder that is made for it. */
	folder: string;
}

export interface Manifest {
	format: ExportOptions['format'];
	file: string;
	rows: number;
	bytes: number;
	/** Of the file, hexadecimal. */
	sha256: string;
	from: string | null;
	to: string | null;
	/** `rows`: those in the file; `bad` and `head` are of the whole chain. */
	chains: readonly ChainReport[];
}

const COLUMNS = [
	...(['seq', 'at', 'platform', 'tenant', 'actor', 'action', 'target', 'outcome', 'reason'] as const),
	...(['run', 'step', 'approval', 'digest', 'policyVersion', 'request', 'before', 'after'] as const),
	...(['details', 'redactions', 'prevHash', 'hash'] as const),
];

/** Writes the rows, one after the other, and beside them `manifest.json` with their number and checksum. */
export async function exportAudit(options: ExportOptions): Promise<Manifest> {
	const { store, format, folder } = options;
	await mkdir(folder, { recursive: true, mode: 0o700 });
	const name = `audit.${format}`;
	const file = await open(join(folder, name), 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
		if (error.code !== 'EEXIST') throw error;
		throw new BotError('input_invalid', `There is an export in ${folder} already: name another folder with --out.`);
	});
	const sum = createHash('sha256');
	let bytes = 0;
	const write = async (text: string): Promise<void> => {
		sum.update(text);
		bytes += Buffer.byteLength(text);
		await file.write(text);
	};
	const chains: ChainReport[] = [];
	try {
		if (format === 'csv') await write(`${COLUMNS.join(',')}\r\n`);
		for (const chain of options.chains) {
			let rows = 0;
			for await (const { data } of rowsOf(store, chain)) {
				if (data === null || !isWithin(data, options)) continue;
				rows += 1;
				await write(format === 'csv' ? csvLine(data) : `${JSON.stringify(data)}\n`);
			}
			chains.push({ ...chain, rows });
		}
	} finally {
		await file.close();
	}
	const isoOf = (at: number | null) => (at === null ? null : new Date(at).toISOString());
	const rows = chains.reduce((total, chain) => total + chain.rows, 0);
	const common = { format, file: name, rows, bytes, sha256: sum.digest('hex') };
	const manifest: Manifest = { ...common, from: isoOf(options.from), to: isoOf(options.to), chains };
	await writeFile(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, '\t')}\n`, {
		mode: 0o600,
		flag: 'wx',
	});
	return manifest;
}

function isWithin({ at }: SealedRow, { from, to }: Pick<ExportOptions, 'from' | 'to'>): boolean {
	const moment = Date.parse(at);
	return (from === null || moment >= from) && (to === null || moment < to);
}

/** As RFC 4180 has it. */
function csvLine(row: SealedRow): string {
	return `${COLUMNS.map((column) => cell(row[column])).join(',')}\r\n`;
}

function cell(value: unknown): string {
	const text = value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
	// A spreadsheet would take it for a formula.
	const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
	return /[",\r\n]/.test(safe) || safe !== text ? `"${safe.replaceAll('"', '""')}"` : safe;
}
