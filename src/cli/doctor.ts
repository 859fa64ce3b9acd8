import { probeTools } from '../app/beside-the-bot.ts';
import { externalFindings } from '../app/open-frameworks.ts';
import { sandboxProblem } from '../app/open-sandbox.ts';
import { dataDirProblem, redisFindings } from '../app/open-store.ts';
import { loadPrices } from '../app/open-teams.ts';
import { chatFindings } from '../app.ts';
import { diagnose } from '../config/doctor.ts';
import { doctorArguments, usage } from './arguments.ts';
import { exitCode } from './exit-code.ts';

const SIGNS = { ok: '✓', warning: '!', error: '✗' } as const;

/** `npm run doctor`: what is in order, what is not, and the sentence that repairs it. Returns the exit code. */
export async function doctor(args: readonly string[]): Promise<number> {
	const options = doctorArguments(args);
	if (options.help) {
		process.stdout.write(usage);
		return exitCode.done;
	}
	const findings = await diagnose({
		file: options.config ?? null,
		flags: { team: options.team, dataDir: options['data-dir'], timeout: options.timeout },
		env: process.env,
		cwd: process.cwd(),
		offline: options.offline,
		fetch,
		nodeVersion: process.versions.node,
		prices: loadPrices,
		dataDirProblem,
		redis: redisFindings,
		toolServers: probeTools,
		chats: (config) =>
			chatFindings(config, {
				discord: options['discord-channel'] ?? null,
				slack: options['slack-channel'] ?? null,
			}),
		externals: externalFindings,
		sandboxProblem,
	});
	for (const { level, what, repair } of findings) {
		process.stdout.write(`${SIGNS[level]} ${what}\n${repair === null ? '' : `    → ${repair}\n`}`);
	}
	const errors = findings.filter((finding) => finding.level === 'error').length;
	const warnings = findings.filter((finding) => finding.level === 'warning').length;
	process.stdout.write(`${errors === 0 ? 'No errors' : `${errors} errors`}, ${warnings} warnings.\n`);
	return errors === 0 ? exitCode.done : exitCode.configuration;
}
