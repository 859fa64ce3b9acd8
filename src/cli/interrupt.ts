import { exitCode } from './exit-code.ts';

/**
 * Runs `work`; on SIGINT or SIGTERM calls `suspend` once and lets `work` come to its end, or rejects when
 * `suspend` does. A second signal ends the process at once; nothing is lost, because the journal is ahead of
 * everything shown.
 */
export async function interruptible<Result>(
	work: () => Promise<Result>,
	suspend: () => Promise<void>,
): Promise<Result> {
	let interrupted = false;
	const { promise: failed, reject } = Promise.withResolvers<never>();
	const onSignal = () => {
		if (interrupted) process.exit(exitCode.interrupted);
		interrupted = true;
		suspend().catch(reject);
	};
	process.on('SIGINT', onSignal);
	process.on('SIGTERM', onSignal);
	try {
		return await Promise.race([work(), failed]);
	} finally {
		process.off('SIGINT', onSignal);
		process.off('SIGTERM', onSignal);
	}
}
