import { measure } from './measure.ts';
import type { Server } from './processes.ts';
import type { OtherProgram, Program } from './programs.ts';

/** Those of the programs that do one run of the job here, and for each of the others why it is left out. */
export async function whatRuns(server: Server, others: readonly OtherProgram[]) {
	const load = { behaviour: {}, options: { sessions: 1, concurrency: 1 }, onlyOnce: true } as const;
	const running: Program[] = [];
	const refusals: string[] = [];
	for (const { program, isInstalled } of others) {
		try {
			if (!isInstalled) throw new Error('its packages are not installed');
			await measure(server, program, load, 0);
			running.push(program);
		} catch (thrown) {
			const reason = thrown instanceof Error ? thrown.message.split('\n', 1)[0] : thrown;
			refusals.push(`Not run: ${program.name} (${reason}).`);
		}
	}
	return { running, refusals };
}
