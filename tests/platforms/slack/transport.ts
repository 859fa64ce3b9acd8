import type { JsonObject } from './json.ts';

export type EnvelopeKind = 'events_api' | 'slash_commands' | 'interactive';

export interface Envelope {
	kind: EnvelopeKind;
	body: JsonObject;
	/** Whether the app may answer with more than that it got it. */
	acceptsPayload: boolean;
	/** 0 at the first attempt. */
	retryNum: number;
	/** As Slack names it, null at the first attempt. */
	retryReason: string | null;
}

export type Outcome =
	| { type: 'acked'; payload: unknown }
	/** HTTP status that is no success. */
	| { type: 'refused'; status: number }
	/** Nobody is there. */
	| { type: 'unreachable' }
	/** The connection went before the acknowledgement. */
	| { type: 'lost' };

/** The way from Slack to the app. */
export interface Transport {
	send(envelope: Envelope, signal: AbortSignal): Promise<Outcome>;
}
