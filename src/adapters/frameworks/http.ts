import type { ExternalAgent, ExternalEvent, ExternalRequest } from '../../core/external-agent.ts';
import type { RemoteSettings } from '../../core/external-settings.ts';
import type { WebAccess } from '../../core/web-access.ts';
import { linesOf } from './shared/lines-of.ts';
import { statusError } from './shared/status-error.ts';
import { type WireEvent, wireEventOf, wireReply, wireRequest } from './shared/wire.ts';

/** An endpoint that is sent the request as JSON and streams events: server-sent ones, or lines of JSON. */
export function openHttpAgent(settings: RemoteSettings, web: WebAccess): ExternalAgent {
	return {
		...{ framework: 'http', callsTools: false, ownTools: settings.ownTools ?? 'ungated' },
		reply: (request, signal) => replyOf(settings, web, request, signal),
		async close() {
			web.close();
		},
	};
}

async function* replyOf(
	{ url, headers }: RemoteSettings,
	web: WebAccess,
	request: ExternalRequest,
	signal: AbortSignal,
): AsyncGenerator<ExternalEvent, void> {
	const response = await web.fetch(url, {
		method: 'POST',
		headers: {
			...{ 'content-type': 'application/json', accept: 'text/event-stream, application/x-ndjson' },
			...headers,
		},
		body: JSON.stringify(wireRequest(request)),
		signal,
	});
	if (!response.ok || response.body === null) throw await statusError(response);
	const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
	const lines = linesOf(response.body);
	yield* wireReply(isStream ? sentEvents(lines) : jsonLines(lines));
}

async function* jsonLines(lines: AsyncIterable<string>): AsyncGenerator<WireEvent, void> {
	for await (const line of lines) if (line.trim() !== '') yield eventOf(line);
}

/** WHATWG HTML, section 9.2.6; the name of an event is in its data. */
async function* sentEvents(lines: AsyncIterable<string>): AsyncGenerator<WireEvent, void> {
	let data: string[] = [];
	for await (const line of lines) {
		if (line.startsWith('data:')) data.push(line.slice(5));
		if (line !== '' || data.length === 0) continue;
		yield eventOf(data.join('\n'));
		data = [];
	}
}

function eventOf(text: string): WireEvent {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		throw new Error('The agent sent something that is no JSON.');
	}
	return wireEventOf(value);
}
