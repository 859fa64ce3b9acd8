import type { BackendFailure } from '../../../core/backend.ts';

/** Thrown by one try that knows by itself what went wrong; everything else that is thrown gets classified. */
export class AttemptError extends Error {
	readonly failure: BackendFailure;
	/** False: the same request will fail again until a person repairs something. */
	readonly retryable: boolean;

	/** `message` is one sentence for a person: what happened and what to do. */
	constructor(failure: BackendFailure, retryable: boolean, message: string) {
		super(message);
		this.name = 'AttemptError';
		this.failure = failure;
		this.retryable = retryable;
	}
}
