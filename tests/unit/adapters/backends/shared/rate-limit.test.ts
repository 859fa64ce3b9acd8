import { describe, expect, it } from 'vitest';
import { createRateLimits } from '../../../../../src/adapters/backends/shared/rate-limit.ts';
import { rateLimitKey } from '../../../../../src/adapters/backends/shared/rate-limit-key.ts';
import { createManualClock } from '../../../../support/manual-clock.ts';

const never = new AbortController().signal;
const requests = (requestsPerMinute: number) => ({ requestsPerMinute, tokensPerMinute: null });
const tokens = (tokensPerMinute: number) => ({ requestsPerMinute: null, tokensPerMinute });

function setUp() {
	const clock = createManualClock();
	const limits = createRateLimits(clock);
	const started: string[] = [];
	const call = (name: string, limit: ReturnType<typeof requests> | ReturnType<typeof tokens>, size = 0, key = 'k') => {
		void limits.acquire(key, limit, size, never).then(() => started.push(name));
	};
	return { clock, limits, started, call };
}

describe('client-side rate limits', () => {
	it('let two calls of a key start at 2 a minute, and the third a minute after the first (massgen.md, case 71)', async () => {
		const { clock, started, call } = setUp();
		call('one', requests(2));
		await clock.advance(20_000);
		call('two', requests(2));
		call('three', requests(2));
		await clock.advance(39_999);
		expect(started).toEqual(['one', 'two']);
		await clock.advance(1);
		expect(started).toEqual(['one', 'two', 'three']);
		expect(clock.pending()).toBe(0);
	});

	it('keep keys apart', async () => {
		const { clock, started, call } = setUp();
		call('a', requests(1), 0, 'first');
		call('b', requests(1), 0, 'second');
		await clock.advance(0);
		expect(started).toEqual(['a', 'b']);
	});

	it('do nothing where no limit is set', async () => {
		const { clock, limits } = setUp();
		const free = { requestsPerMinute: null, tokensPerMinute: null };
		for (let call = 0; call < 1_000; call++) await limits.acquire('k', free, 1_000_000, never);
		expect(clock.pending()).toBe(0);
	});

	it('wait for tokens, too', async () => {
		const { clock, started, call } = setUp();
		call('large', tokens(1_000), 800);
		call('small', tokens(1_000), 300);
		await clock.advance(59_999);
		expect(started).toEqual(['large']);
		await clock.advance(1);
		expect(started).toEqual(['large', 'small']);
	});

	it('use the limit to the last token', async () => {
		const { clock, started, call } = setUp();
		call('first', tokens(1_000), 600);
		call('fits', tokens(1_000), 400);
		call('one too many', tokens(1_000), 1);
		await clock.advance(0);
		expect(started).toEqual(['first', 'fits']);
	});

	it('serve calls in the order they came: a small one does not overtake a large one', async () => {
		const { clock, started, call } = setUp();
		call('first', tokens(1_000), 600);
		call('large', tokens(1_000), 600);
		call('small', tokens(1_000), 10);
		await clock.advance(30_000);
		expect(started).toEqual(['first']);
		await clock.advance(30_000);
		expect(started).toEqual(['first', 'large', 'small']);
	});

	it('let a call that is larger than the limit start in an empty minute', async () => {
		const { clock, started, call } = setUp();
		call('giant', tokens(1_000), 50_000);
		call('next', tokens(1_000), 1);
		await clock.advance(0);
		expect(started).toEqual(['giant']);
		await clock.advance(60_000);
		expect(started).toEqual(['giant', 'next']);
	});

	it('count what a call really used once that is known', async () => {
		const { clock, limits, started, call } = setUp();
		call('estimated', tokens(1_000), 900);
		call('waiting', tokens(1_000), 500);
		await clock.advance(1_000);
		expect(started).toEqual(['estimated']);
		limits.settle('k', 900, 200);
		await clock.advance(0);
		expect(started).toEqual(['estimated', 'waiting']);
		limits.settle('k', 500, 950);
		call('too much', tokens(1_000), 100);
		await clock.advance(1_000);
		expect(started).toHaveLength(2);
	});

	it('ignore usage that comes after its minute, and of keys they do not know', async () => {
		const { clock, limits, started, call } = setUp();
		call('old', tokens(1_000), 100);
		await clock.advance(61_000);
		limits.settle('k', 100, 1_000);
		limits.settle('unknown', 1, 1);
		call('new', tokens(1_000), 900);
		await clock.advance(0);
		expect(started).toEqual(['old', 'new']);
	});

	it('let go of a waiting call at once when it is aborted, and of those behind it', async () => {
		const { clock, limits, started, call } = setUp();
		call('first', tokens(1_000), 600);
		const control = new AbortController();
		const large = limits.acquire('k', tokens(1_000), 600, control.signal);
		call('small', tokens(1_000), 10);
		await clock.advance(0);
		control.abort(new Error('stopped'));
		await expect(large).rejects.toThrow('stopped');
		await clock.advance(0);
		expect(started).toEqual(['first', 'small']);
	});

	it('refuse a call that was aborted before', async () => {
		const { limits } = setUp();
		await expect(limits.acquire('k', requests(1), 0, AbortSignal.abort(new Error('no')))).rejects.toThrow('no');
	});
});

describe('the key of a rate limit', () => {
	const settings = { provider: 'openai', apiKey: 'sk-one', baseUrl: null };

	it('is the same for the same provider and key, whatever the model', () => {
		expect(rateLimitKey({ ...settings })).toBe(rateLimitKey(settings));
	});

	it('differs by provider, key and, without a key, address', () => {
		const local = { provider: 'ollama', apiKey: null };
		const keys = [
			settings,
			{ ...settings, apiKey: 'sk-two' },
			{ ...settings, provider: 'groq' },
			{ ...local, baseUrl: 'http://localhost:1' },
			{ ...local, baseUrl: 'http://localhost:2' },
		].map(rateLimitKey);
		expect(new Set(keys).size).toBe(5);
	});

	it('does not contain the API key', () => {
		expect(rateLimitKey(settings)).not.toContain('sk-one');
	});
});
