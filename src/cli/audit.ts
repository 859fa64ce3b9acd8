import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { openAuditPlace } from '../app/beside-the-bot.ts';
import { openAuditKey } from '../audit/audit-key.ts';
import { exportAudit } from '../audit/export-audit.ts';
import { hasRows } from '../audit/heads.ts';
import { type AuditReport, type ChainReport, verifyAudit } from '../audit/verify.ts';
import { messageOf } from '../core/errors.ts';
import { auditArguments, usage } from './arguments.ts';
import { exitCode } from './exit-code.ts';

type Place = Awaited<ReturnType<typeof openAuditPlace>>;
type Options = ReturnType<typeof auditArguments>;

/** `npm run audit`: checks the audit, or writes it out. Returns the exit code. */
export async function audit(args: readonly string[]): Promise<number> {
	const options = auditArguments(args);
	if (options.help) {
		process.stdout.write(usage);
		return exitCode.done;
	}
	const where = {
		file: options.config ?? null,
		flags: { dataDir: options['data-dir'] },
		env: process.env,
		cwd: process.cwd(),
	};
	const place = await openAuditPlace(where, (error) => process.stderr.write(`${messageOf(error)}\n`));
	try {
		const report = await reportOf(place);
		if (report === null) {
			process.stdout.write('There is no audit yet: nothing was refused, decided or changed.\n');
			return exitCode.done;
		}
		return options.action === 'verify' ? tell(report) : await writeOut(place, report, options);
	} finally {
		await place.close();
	}
}

/** Null: nothing has been audited. */
async function reportOf({ store, source, checkpoints }: Place): Promise<AuditReport | null> {
	// Without a key a new one would fit nothing, so none is made here.
	const key = await openAuditKey(source, async () => true).catch(async (error: unknown) => {
		if (await hasRows(store)) throw error;
		return null;
	});
	if (key === null) return null;
	const report = await verifyAudit({ store, key, checkpoints });
	return report.chains.length === 0 && report.foreign.length === 0 ? null : report;
}

const nameOf = ({ platform, tenant }: Pick<ChainReport, 'platform' | 'tenant'>) => `${platform}:${tenant}`;

const FAULTS: Readonly<Record<NonNullable<ChainReport['bad']>['fault'], string>> = {
	altered: 'says something else than what was written',
	missing: 'is gone',
	misplaced: 'does not belong in its place',
	cut_off: 'and what came after it was cut off',
	replaced: 'is another one than the checkpoints say',
	no_checkpoint: 'has no checkpoint, nor has any other: whether rows were cut off cannot be said',
};

function tell({ chains, foreign }: AuditReport): number {
	for (const chain of chains) {
		const { rows, bad } = chain;
		const verdict = bad === null ? 'all as they were written' : `row ${bad.seq} ${FAULTS[bad.fault]}`;
		process.stdout.write(`${bad === null ? '✓' : '✗'} ${nameOf(chain)}: ${rows} rows, ${verdict}\n`);
	}
	for (const line of foreign) process.stdout.write(`✗ line ${line} of the checkpoints was not written by this bot\n`);
	const isSound = foreign.length === 0 && chains.every(({ bad }) => bad === null);
	return isSound ? exitCode.done : exitCode.runFailed;
}

async function writeOut({ store, log }: Place, report: AuditReport, options: Options): Promise<number> {
	const { format, from, to, tenant } = options;
	const chains = report.chains.filter((chain) => tenant === undefined || nameOf(chain) === tenant);
	if (chains.length === 0) {
		process.stderr.write(`There is no audit of ${tenant}. There is: ${report.chains.map(nameOf).join(', ')}.\n`);
		return exitCode.configuration;
	}
	const folder = resolve(options.out ?? `audit-${new Date().toISOString().replace(/[:.]/g, '-')}`);
	// Before the rows leave the place.
	await log.record(
		chains.map(({ platform, tenant: id }) => ({
			...{ platform, tenant: id, actor: { platform: 'terminal', id: process.env.USER ?? 'local' } },
			action: 'audit.export',
			target: { type: 'folder', id: createHash('sha256').update(folder).digest('hex').slice(0, 16) },
			outcome: 'done' as const,
			details: { format, from, to },
		})),
	);
	const { rows, file, sha256 } = await exportAudit({ store, chains, format, from, to, folder });
	process.stdout.write(`${rows} rows are in ${folder}/${file}, SHA-256 ${sha256}; manifest.json says it again.\n`);
	return exitCode.done;
}
