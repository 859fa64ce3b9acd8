/** How much of what a server says is shown, in characters. */
const SHOWN = 100;
/** How much of it is read, in bytes. */
const READ = 4_096;

/** A response that is no success, as an error that is classed by its status. */
export async function statusError(response: Response): Promise<Error> {
	const said = (await beginningOf(response).catch(() => '')).replace(/\s+/g, ' ').trim().slice(0, SHOWN);
	const message = `The agent's server answered ${response.status}${said === '' ? '' : `: ${said}`}`;
	return Object.assign(new Error(message), { status: response.status });
}

async function beginningOf({ body }: Response): Promise<string> {
	let text = '';
	if (body === null) return text;
	const decoder = new TextDecoder();
	for await (const chunk of body) {
		text += decoder.decode(chunk, { stream: true });
		if (text.length >= READ) break;
	}
	return text;
}
