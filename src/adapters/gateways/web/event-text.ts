/** One server-sent event. JSON has no line breaks, so the data is one line. */
export function eventText(event: 'snapshot' | 'message' | 'append', id: string, data: unknown): string {
	return `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** The forms that wait for the person at the page. It has no id: it is told anew to everybody who comes. */
export const formsText = (forms: readonly unknown[]): string => `event: forms\ndata: ${JSON.stringify({ forms })}\n\n`;

/** Nothing but a sign of life, which browsers ignore. */
export const heartbeat = ': still here\n\n';

/** How long a browser waits before it connects again, in milliseconds. */
export const retryText = 'retry: 1000\n\n';

/** The change that the last event seen by a browser stood for; null when it is none of this start of the process. */
export function changeOf(lastEventId: string | undefined, boot: string): number | null {
	const [, from, change] = /^([\w]+)-(\d{1,15})$/.exec(lastEventId ?? '') ?? [];
	return from === boot && change !== undefined ? Number(change) : null;
}
