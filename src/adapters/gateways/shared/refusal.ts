/** A request that is answered with `{ error: { code, message } }`. The message is for the person at the page. */
export class Refusal extends Error {
	readonly status: number;
	readonly code: string;

	constructor(status: number, code: string, message: string) {
		super(message);
		this.name = 'Refusal';
		this.status = status;
		this.code = code;
	}
}
