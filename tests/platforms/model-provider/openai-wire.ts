import { WireRefusal } from './reply.ts';

/** Refuses a request without a key, as OpenAI and Azure do. */
export function checkOpenAIKey(headers: Readonly<Record<string, string>>): void {
	const bearer = /^Bearer \S+$/.test(headers.authorization ?? '');
	if (bearer || headers['api-key']) return;
	throw new WireRefusal(401, 'invalid_api_key', "You didn't provide an API key.");
}

const types: Readonly<Record<number, string>> = {
	401: 'authentication_error',
	429: 'rate_limit_error',
	500: 'server_error',
};

/** OpenAI's error format. */
export function openAIError(status: number, code: string, message: string): unknown {
	return { error: { message, type: types[status] ?? 'invalid_request_error', param: null, code } };
}

export function frame(data: unknown, event?: string): string {
	return `${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`;
}
