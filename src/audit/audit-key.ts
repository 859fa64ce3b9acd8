import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BotError, messageOf } from '../core/errors.ts';

/** The key's file in the data folder. */
const FILE = 'audit.key';
const BYTES = 32;

/** Where the key comes from. */
export interface AuditKeySource {
	/** AUDIT_KEY, or null. A secret. */
	given: string | null;
	dataDir: string;
}

/**
 * The key of the audit. The first call makes its file, for this user alone, where none is given. Throws
 * `config_missing` when there are rows already and no key: with another one they could not be verified.
 */
export async function openAuditKey(
	{ given, dataDir }: AuditKeySource,
	hasRows: () => Promise<boolean>,
): Promise<Buffer> {
	if (given !== null) return keyOf(given, 'AUDIT_KEY');
	const file = join(dataDir, FILE);
	const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT') return null;
		throw new BotError('config_invalid', `The key of the audit in ${FILE} cannot be read: ${messageOf(error)}`);
	});
	if (kept !== null) return keyOf(kept, FILE);
	if (await hasRows()) {
		const message = `There is an audit, but its key is gone: put ${FILE} back into the data folder, or set AUDIT_KEY.`;
		throw new BotError('config_missing', message);
	}
	await mkdir(dataDir, { recursive: true });
	const text = `${randomBytes(BYTES).toString('base64')}\n`;
	try {
		await writeFile(file, text, { mode: 0o600, flag: 'wx', flush: true });
		return keyOf(text, FILE);
	} catch (error) {
		// Another process was faster.
		if ((error as NodeJS.ErrnoException).code === 'EEXIST') return keyOf(await readFile(file, 'utf8'), FILE);
		throw new BotError('store_failed', `The key of the audit cannot be written: ${messageOf(error)}`);
	}
}

function keyOf(text: string, where: string): Buffer {
	const key = Buffer.from(text.trim(), 'base64');
	if (key.length >= BYTES) return key;
	throw new BotError(
		'config_invalid',
		`${where} is no key of the audit: it must be what \`openssl rand -base64 32\` prints.`,
	);
}
