/** A request that is answered with an error. The message is for whoever sent it. */
export class Refusal extends Error {
	readonly status: number;
	readonly code: string;
	/** Seconds after which it may be sent again; null: it is not said. */
	readonly retryAfterS: number | null;

	constructor(status: number, code: string, message: string, retryAfterS: number | null = null) {
		super(message);
		this.name = 'Refusal';
		this.status = status;
		this.code = code;
		this.retryAfterS = retryAfterS;
	}
}
