/** What a fake model does in answer to one call, in words that fit every protocol. */
export interface Reply {
	text?: string;
	/** Thinking that is streamed before the text and sealed for replay where the protocol does that. */
	reasoning?: string;
	/** `arguments` as text are sent as they are, so that they may be broken JSON. */
	toolCalls?: readonly { name: string; arguments: string | object }[];
	/** Provider-run tools that are used before the text: `web_search`, `code_execution`. */
	providerTools?: readonly string[];
	/**
	 * Left out: the reply says nothing about usage. Fields left out are not reported. `input` includes `cached` and
	 * `output` includes `reasoning`, whatever the protocol makes of it.
	 */
	usage?: { input: number; output: number; cached?: number; reasoning?: number };
	/** Left out: `stop`. A reply with tool calls says so by itself. */
	stop?: 'stop' | 'length' | 'refused';
	/** Characters per piece of text, reasoning and arguments. Left out: 8. */
	chunkChars?: number;
	fault?: Fault;
	/** Milliseconds of real time before the first byte. */
	delayMs?: number;
	/** Called before each frame; the frame waits for it. */
	pace?(): Promise<void>;
}

/**
 * What goes wrong. `afterFrames` counts frames that carry output (text, reasoning, tools); those that come before any
 * output are always sent. Left out: 0.
 */
export type Fault =
	/** An HTTP error. `body` left out: the provider's own error format with a fitting code. */
	| {
			type: 'status';
			status: number;
			headers?: Record<string, string>;
			body?: unknown;
			code?: string;
			message?: string;
	  }
	/** Status 200 and a stream that is not JSON. */
	| { type: 'garbage'; afterFrames?: number }
	/** Status 200 and a web page. */
	| { type: 'html' }
	/** The response ends in order, in the middle of the reply. */
	| { type: 'truncate'; afterFrames?: number }
	/** The connection is destroyed. */
	| { type: 'drop'; afterFrames?: number }
	/** The connection is destroyed before any answer. */
	| { type: 'reset' }
	/** Nothing more comes, and the connection stays open. */
	| { type: 'hang'; afterFrames?: number }
	/** The provider reports an error inside the stream. */
	| { type: 'error_event'; code: string; message: string; afterFrames?: number };

export type SeenMessage =
	| { role: 'user'; text: string }
	| {
			role: 'assistant';
			text: string;
			toolCalls: readonly { id: string; name: string; arguments: string }[];
			/** Seals of earlier replies' reasoning that were given back. */
			seals: readonly string[];
	  }
	/** `callId` is the call's name in a protocol without ids. */
	| { role: 'tool'; callId: string; text: string };

export interface SeenTool {
	name: string;
	description: string;
	parameters: Record<string, unknown>;
	strict: boolean;
}

/** A request as the protocol understood it. */
export interface DecodedCall {
	model: string;
	system: string;
	messages: readonly SeenMessage[];
	tools: readonly SeenTool[];
	toolChoice: 'auto' | 'required' | 'none';
	providerTools: readonly string[];
}

/** One entry of the provider's journal. */
export interface ProviderCall extends DecodedCall {
	protocol: string;
	path: string;
	query: Readonly<Record<string, string>>;
	/** Secrets are replaced by `[key]`. */
	headers: Readonly<Record<string, string>>;
	body: unknown;
	/** Position in the journal, from 0. */
	index: number;
	/** Times of `performance.now()`. */
	receivedAt: number;
	/** The client went away before the reply was complete. */
	aborted: boolean;
	abortedAt: number | null;
	/** Resolves when the reply is complete or the client has gone. */
	readonly closed: Promise<void>;
}

export interface WireRequest {
	method: string;
	path: string;
	query: URLSearchParams;
	headers: Readonly<Record<string, string>>;
	body: unknown;
}

/** One piece of the response body as it goes over the wire. */
export interface Frame {
	data: string;
	/** Carries text, reasoning or a tool, so a client has something to show for it. */
	output: boolean;
}

/** Thrown by `decode` for what the real API would refuse. */
export class WireRefusal extends Error {
	readonly status: number;
	readonly code: string;

	constructor(status: number, code: string, message: string) {
		super(message);
		this.status = status;
		this.code = code;
	}
}

/** One provider's HTTP API. */
export interface Protocol {
	readonly name: string;
	matches(path: string): boolean;
	/** Checks a request as the real API would, its key header included. Throws `WireRefusal`. */
	decode(request: WireRequest): DecodedCall;
	/** The whole reply; faults are the server's business. `call.index` makes ids unique. */
	encode(reply: Reply, call: ProviderCall): readonly Frame[];
	/** The body of an HTTP error in the provider's format. */
	errorBody(status: number, code: string, message: string): unknown;
	/** An error inside a stream. */
	errorFrame(code: string, message: string): string;
}

/** Pieces of at most `size` characters; one empty piece for an empty text. */
export function pieces(text: string, size = 8): readonly string[] {
	const parts: string[] = [];
	for (let at = 0; at < text.length; at += size) parts.push(text.slice(at, at + size));
	return parts.length === 0 ? [''] : parts;
}

/** Arguments of a tool call as a model writes them. */
export function argumentsText(value: string | object): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}
