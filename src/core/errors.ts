/** What went wrong, for code and translation. Messages are for people; codes are for `switch`. */
export type ErrorCode =
	| 'config_invalid'
	| 'config_missing'
	| 'input_invalid'
	/** The person may not do this. */
	| 'not_permitted'
	| 'team_unknown'
	| 'run_unknown'
	/** Another process that lives has the run. */
	| 'run_held'
	/** Another process has taken over what this one held. */
	| 'lease_lost'
	| 'store_conflict'
	| 'store_locked'
	| 'store_full'
	| 'store_failed'
	/** The store cannot be reached. It is tried on, and takes calls again when it is back. */
	| 'store_away'
	| 'package_missing'
	/** A tool's sandbox could not be started. */
	| 'sandbox_failed'
	/** A platform's thread or channel cannot be written to any more. */
	| 'place_gone'
	/** A platform's message is not there any more. */
	| 'message_gone'
	| 'bug';

/**
 * The one error class. Thrown for broken configuration, refused input and bugs only: an expected
 * failure of a model, a tool or a platform is an event or a result.
 */
export class BotError extends Error {
	readonly code: ErrorCode;
	/** What a person may read: what happened, why, what to do next. Never a stack trace, never a secret. */
	readonly userMessage: string;

	constructor(code: ErrorCode, message: string, options: { cause?: unknown; userMessage?: string } = {}) {
		super(message, { cause: options.cause });
		this.name = 'BotError';
		this.code = code;
		this.userMessage = options.userMessage ?? message;
	}
}

/** Whether an expectation of a commit did not hold: somebody else was faster. */
export function isStoreConflict(thrown: unknown): boolean {
	return thrown instanceof BotError && thrown.code === 'store_conflict';
}

/** Whether the store could not be reached, which passes by itself. */
export function isStoreAway(thrown: unknown): boolean {
	return thrown instanceof BotError && thrown.code === 'store_away';
}

/** Whether a run cannot be taken up now because somebody has it, or it has to wait for another. */
export function isRunHeld(thrown: unknown): boolean {
	return thrown instanceof BotError && thrown.code === 'run_held';
}

/** What a person may read of anything thrown. */
export function sentenceOf(thrown: unknown): string {
	return thrown instanceof BotError ? thrown.userMessage : messageOf(thrown);
}

/** The message of anything thrown, in one line of at most 500 characters. */
export function messageOf(thrown: unknown): string {
	const text = thrown instanceof Error ? thrown.message : String(thrown);
	return text.replace(/\s+/g, ' ').trim().slice(0, 500);
}
