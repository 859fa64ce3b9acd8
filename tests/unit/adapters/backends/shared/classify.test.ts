import { describe, expect, it } from 'vitest';
import { classifyResponse, classifyThrown } from '../../../../../src/adapters/backends/shared/classify.ts';
import type { BackendFailure } from '../../../../../src/core/backend.ts';
import { injected, SECRET } from '../../../../contracts/backend-bench.ts';
import { createManualClock } from '../../../../support/manual-clock.ts';

const { settings } = injected(createManualClock(), { model: 'gpt-9' });
const facts = { status: null, codes: [], message: '', retryAfterMs: null };

describe('an error that the provider reports', () => {
	it.each<[status: number | null, code: string | null, message: string, BackendFailure, retryable: boolean]>([
		[401, 'invalid_api_key', 'Incorrect API key provided', 'authentication', false],
		[400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', 'authentication', false],
		[403, null, 'Country not supported', 'permission', false],
		[404, 'model_not_found', 'The model gpt-9 does not exist', 'model_unknown', false],
		[404, 'DeploymentNotFound', 'The API deployment does not exist', 'model_unknown', false],
		[400, 'context_length_exceeded', 'too long', 'context_too_long', false],
		[400, 'invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum', 'context_too_long', false],
		[400, 'INVALID_ARGUMENT', 'The input token count (2) exceeds the maximum', 'context_too_long', false],
		[400, null, 'the request exceeds the available context size, try to increase it', 'context_too_long', false],
		[413, 'request_too_large', 'Request exceeds the maximum size', 'context_too_long', false],
		[400, 'string_above_max_length', "Invalid 'prompt_cache_key': string too long", 'request_invalid', false],
		[400, 'invalid_request_error', 'Unknown parameter', 'request_invalid', false],
		[422, null, 'field required', 'request_invalid', false],
		[429, 'rate_limit_exceeded', 'Request too large: reduce the length of the messages', 'rate_limited', true],
		[429, 'RESOURCE_EXHAUSTED', 'Quota exceeded for requests per minute', 'rate_limited', true],
		[429, 'insufficient_quota', 'You exceeded your current quota', 'quota_exhausted', false],
		[402, null, 'Payment required', 'quota_exhausted', false],
		[400, 'invalid_request_error', 'Your credit balance is too low', 'quota_exhausted', false],
		[408, null, '', 'timeout', true],
		[500, 'server_error', '', 'overloaded', true],
		[503, null, 'model is loading', 'overloaded', true],
		[529, 'overloaded_error', 'Overloaded', 'overloaded', true],
		[501, null, 'not implemented', 'request_invalid', false],
		[null, 'overloaded_error', 'Overloaded', 'overloaded', true],
		[null, 'invalid_request_error', 'Bad image', 'request_invalid', false],
		[null, null, 'something', 'overloaded', true],
		[400, 'content_filter', 'The prompt was filtered', 'content_refused', false],
		[302, null, 'moved', 'response_invalid', false],
	])('with %s %s "%s" is %s', (status, code, message, failure, retryable) => {
		expect(classifyResponse({ ...facts, status, codes: [code], message }, settings)).toMatchObject({
			failure,
			retryable,
		});
	});

	it('keeps the wait that was asked for', () => {
		expect(classifyResponse({ ...facts, status: 429, retryAfterMs: 1_500 }, settings).retryAfterMs).toBe(1_500);
	});

	it.each<[number, string]>([
		[401, 'OpenAI refused the API key. Check OPENAI_API_KEY: it may be mistyped, expired or of another account.'],
		[404, 'OpenAI does not know the model gpt-9: gone. Check `model`.'],
		[400, 'OpenAI refused the request (400): gone. Check the settings of gpt-9.'],
		[503, 'OpenAI has trouble of its own (503): gone. Try again later.'],
	])('with status %i tells a person what to do', (status, message) => {
		expect(classifyResponse({ ...facts, status, message: 'gone.' }, settings).message).toBe(message);
	});

	it('is quoted without key, markup and endless text', () => {
		const message = `<html><h1>No</h1>\n${SECRET} ${'blah '.repeat(200)}`;
		const { message: said } = classifyResponse({ ...facts, status: 400, message }, settings);
		expect(said).toContain('No [key] blah');
		expect(said.length).toBeLessThan(400);
	});
});

describe('anything else that is thrown', () => {
	const coded = (code: string) => Object.assign(new Error(`failed: ${code}`), { code });
	const wrapped = (cause: unknown) => new TypeError('fetch failed', { cause });

	it.each<[string, unknown, BackendFailure, boolean]>([
		['a refused connection', wrapped(coded('ECONNREFUSED')), 'unreachable', true],
		['both addresses of localhost refused', wrapped(new AggregateError([coded('ECONNREFUSED')])), 'unreachable', true],
		['an unknown host', wrapped(coded('ENOTFOUND')), 'unreachable', true],
		['a bad certificate', wrapped(coded('DEPTH_ZERO_SELF_SIGNED_CERT')), 'unreachable', false],
		['an address that is none', wrapped(coded('ERR_INVALID_URL')), 'unreachable', false],
		['a lost connection', new TypeError('terminated', { cause: coded('UND_ERR_SOCKET') }), 'stream_broken', true],
		['a reset connection', coded('ECONNRESET'), 'stream_broken', true],
		['a connection closed too soon', new Error('Premature close'), 'stream_broken', true],
		['late headers', wrapped(coded('UND_ERR_HEADERS_TIMEOUT')), 'timeout', true],
		['a timeout of the SDK', new Error('Request timed out.'), 'timeout', true],
		['an unknown failure of fetch', new TypeError('fetch failed'), 'unreachable', true],
		['broken JSON', new SyntaxError('Unexpected token'), 'response_invalid', false],
		['broken HTTP', wrapped(coded('HPE_INVALID_CONSTANT')), 'response_invalid', false],
		['a bug', new TypeError('x is not a function'), 'response_invalid', false],
		['not even an error', 'oops', 'response_invalid', false],
	])('%s', (_, error, failure, retryable) => {
		expect(classifyThrown(error, settings)).toMatchObject({ failure, retryable, retryAfterMs: null });
	});

	it('names the server that a person has to start', () => {
		const local = { ...settings, provider: 'ollama', baseUrl: 'http://localhost:11434/v1' };
		expect(classifyThrown(wrapped(coded('ECONNREFUSED')), local).message).toBe(
			'Ollama cannot be reached: is the server running at http://localhost:11434? (ECONNREFUSED) Start it, or correct `base_url`.',
		);
		expect(classifyThrown(wrapped(coded('ENOTFOUND')), settings).message).toContain('Check the network connection');
	});
});
