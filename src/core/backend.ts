import type { Message } from './message.ts';
import type { Usage } from './usage.ts';

/** A function that the model may call. `parameters` is JSON Schema: one object, `additionalProperties: false`. */
export interface ToolSpec {
	name: string;
	description: string;
	parameters: Record<string, unknown>;
}

/** One model call. */
export interface BackendRequest {
	system: string;
	messages: readonly Message[];
	tools: readonly ToolSpec[];
	/** `required`: the model must call one of `tools`. Ignored when there are none. */
	toolChoice: 'auto' | 'required';
	/**
	 * The run this call belongs to and the agent it is for, as opaque strings: for provider-side cache keys
	 * and for the scripted backend. Never shown to the model.
	 */
	run: string;
	agent: string;
	/** Which kind of turn the call is part of; `digest`: none, it sums up what was said. Only the scripted backend reads it. */
	kind: 'answer' | 'evaluate' | 'present' | 'review' | 'digest';
}

/** Why a call failed, in words that code can act on. */
export type BackendFailure =
	| 'authentication'
	| 'permission'
	| 'model_unknown'
	| 'request_invalid'
	| 'context_too_long'
	| 'rate_limited'
	| 'quota_exhausted'
	| 'overloaded'
	| 'unreachable'
	| 'stream_broken'
	| 'response_invalid'
	| 'content_refused'
	| 'timeout'
	| 'aborted';

export type BackendEvent =
	| { type: 'text_delta'; text: string }
	| { type: 'reasoning_delta'; text: string }
	/** The model has begun to write this call; its arguments follow later in `tool_called`. */
	| { type: 'tool_call_started'; id: string; name: string }
	/** The call is complete. `arguments` is the model's text, unparsed. */
	| { type: 'tool_called'; id: string; name: string; arguments: string }
	| { type: 'provider_tool_started'; name: string }
	/** A short line for people. Foreign text. */
	| { type: 'provider_tool_progressed'; name: string; text: string }
	| { type: 'provider_tool_finished'; name: string; isError?: boolean }
	/** A failed try that will be repeated after `delayMs`; nothing had been output. */
	| { type: 'retried'; failure: BackendFailure; delayMs: number; message: string }
	| {
			type: 'finished';
			/** `length`: the answer was cut at the output limit. */
			reason: 'stop' | 'tool_calls' | 'length';
			usage: Usage;
			/** See `Message.opaque`. */
			opaque?: unknown;
			/** The reply's text, where it is not what was streamed. */
			text?: string;
	  }
	| {
			type: 'failed';
			failure: BackendFailure;
			/** False: the same request will fail again until a person repairs something. */
			retryable: boolean;
			/** One sentence for a person: what happened and what to do. No secret, no stack. */
			message: string;
			/** What the broken call had used, where the provider said so. */
			usage: Usage;
	  };

/**
 * One model behind one endpoint. `stream` never throws once started: its last event is `finished` or
 * `failed`, exactly one of them. Aborting the signal ends the HTTP stream within 100 ms and yields
 * `failed` with `aborted`. A try is repeated only while nothing has been output.
 */
export interface Backend {
	/** Adapter name: `openai`, `anthropic`, `gemini`, `openai-compatible`, `scripted`. */
	readonly name: string;
	/** Provider name for prices and messages: `openai`, `groq`, ... */
	readonly provider: string;
	readonly model: string;
	stream(request: BackendRequest, signal: AbortSignal): AsyncIterable<BackendEvent>;
}
