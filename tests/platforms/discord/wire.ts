/** What a body or an answer holds before anybody has looked at it. */
export type Data = Record<string, unknown>;

export const isData = (value: unknown): value is Data =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

export const dataOf = (value: unknown): Data => (isData(value) ? value : {});
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
export const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** Status and sentence of each refusal by its JSON code; the numbers and names are those of discord-api-types. */
const REFUSALS: Readonly<Record<number, readonly [number, string]>> = {
	0: [401, '401: Unauthorized'],
	10003: [404, 'Unknown Channel'],
	10004: [404, 'Unknown Guild'],
	10007: [404, 'Unknown Member'],
	10008: [404, 'Unknown Message'],
	10013: [404, 'Unknown User'],
	10015: [404, 'Unknown Webhook'],
	10062: [404, 'Unknown interaction'],
	10063: [404, 'Unknown application command'],
	30032: [400, 'Maximum number of application commands reached (100).'],
	30034: [400, 'Max number of daily application command creates has been reached (200)'],
	30046: [400, 'Maximum number of edits to messages older than 1 hour reached. Try again later'],
	40005: [413, 'Request entity too large'],
	40060: [400, 'Interaction has already been acknowledged.'],
	40067: [400, 'A tag is required to create a forum post in this channel'],
	50001: [403, 'Missing Access'],
	50005: [403, 'Cannot edit a message authored by another user'],
	50006: [400, 'Cannot send an empty message'],
	50007: [403, 'Cannot send messages to this user'],
	50008: [400, 'Cannot send messages in a non-text channel'],
	50013: [403, 'Missing Permissions'],
	50024: [400, 'Cannot execute action on this channel type'],
	50027: [401, 'Invalid Webhook Token'],
	50083: [400, 'Thread is archived'],
	50109: [400, 'The request body contains invalid JSON.'],
	160002: [400, 'Cannot reply without permission to read message history'],
	160004: [400, 'A thread has already been created for this message'],
	160005: [400, 'Thread is locked'],
	160006: [400, 'Maximum number of active threads reached'],
};

/** A refusal as Discord words it: `code` is the JSON code, `errors` the nested form errors of 50035. */
export class DiscordError extends Error {
	readonly status: number;
	readonly code: number;
	readonly errors: Data | null;

	constructor(status: number, code: number, message: string, errors: Data | null = null) {
		super(message);
		this.status = status;
		this.code = code;
		this.errors = errors;
	}
}

/** The refusal with this JSON code; throws for a code that the table has no sentence for. */
export function refusal(code: number): DiscordError {
	const known = REFUSALS[code];
	if (known === undefined) throw new Error(`the fake Discord has no sentence for code ${code}: add it to wire.ts`);
	return new DiscordError(known[0], code, known[1]);
}

export const notFound = (): DiscordError => new DiscordError(404, 0, '404: Not Found');
