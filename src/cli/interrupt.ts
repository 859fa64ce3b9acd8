import { exitCode } from './exit-code.ts';

/**
 * Runs `work`; on SIGINT or SIGTERM calls `suspend` once and lets `work` come to its end. A second signal
 * ends the process at once; nothing is lost, because the journal is ahead of everything shown.
 */
export async function interruptible<Result>(
	work: () => Promise<Result>,
	suspend: () => Promise<void>,
): Promise<Result> {
	let interrupted = false;
	const onSignal = () => {
		if (interrupted) process.exit(exitCode.interrupted);
		interrupted = true;
		void suspend();
	};
	process.on('SIGINT', onSignal);
	process.on('SIGTERM', onSignal);
	try {
		return await work();
	} finally {
		process.off('SIGINT', onSignal);
		process.off('SIGTERM', onSignal);
	}
}
