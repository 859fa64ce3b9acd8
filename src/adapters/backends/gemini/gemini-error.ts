/** An HTTP error as it came, because the SDK's own keeps neither the headers nor a body that is not JSON. */
export class GeminiError extends Error {
	readonly status: number;
	readonly headers: Headers;
	readonly body: string;

	constructor(response: Response, body: string) {
		super(`status ${response.status}`);
		this.name = 'GeminiError';
		this.status = response.status;
		this.headers = response.headers;
		this.body = body;
	}
}

/** `fetch` that throws a `GeminiError` for a status other than success. */
export async function fetchOrThrow(...request: Parameters<typeof fetch>): Promise<Response> {
	const response = await fetch(...request);
	if (response.ok) return response;
	throw new GeminiError(response, await response.text());
}
