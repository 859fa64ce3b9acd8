import type { JsonObject } from './json.ts';

/** An answer `ok: false`. `extra` is what Slack adds to it: `needed`, `provided`, `response_metadata`. */
export class SlackRefusal extends Error {
	readonly code: string;
	readonly extra: JsonObject;
	/** Whether the app could not have known: then it is no violation. */
	readonly blameless: boolean;

	constructor(code: string, extra: JsonObject = {}, blameless = false) {
		super(code);
		this.name = 'SlackRefusal';
		this.code = code;
		this.extra = extra;
		this.blameless = blameless;
	}
}

/** Slack's shape of a refusal that names the places that are wrong. */
export function refuseWith(code: string, problems: readonly string[]): never {
	throw new SlackRefusal(code, {
		errors: problems,
		response_metadata: { messages: problems.map((problem) => `[ERROR] ${problem}`) },
	});
}
