import { describe, expect, it } from 'vitest';
import { memorySettings } from '../../../src/config/memory-settings.ts';
import type { Problem } from '../../../src/config/problem.ts';

const report = (message: string, key: string) => ({ message: `${key}: ${message}` }) as unknown as Problem;
const settings = (file: Parameters<typeof memorySettings>[0], env: Record<string, string> = {}) =>
	memorySettings(file, { env, providers: {}, report });

describe('the memory in the main file', () => {
	it.each([
		['nothing', undefined],
		['not enabled', { max_memories: 10 }],
		['enabled: false', { enabled: false }],
		["MassGen's persistent memory off", { enabled: true, persistent_memory: { enabled: false } }],
	])('%s: nothing is remembered', (_what, file) => {
		expect(settings(file)).toEqual({ memory: null, problems: [] });
	});

	it('has defaults for everything', () => {
		expect(settings({ enabled: true }).memory).toEqual({
			...{ backend: null, openai: null, most: 2_000, retentionDays: 365, recallLimit: 8, recallMs: 3_000 },
		});
	});

	it('takes how much is recalled, how long that may take, and for how long it is kept', () => {
		const retrieval = { limit: 3, timeout_seconds: 0.5 };
		expect(settings({ enabled: true, retrieval, retention_days: 0 }).memory).toMatchObject({
			...{ recallLimit: 3, recallMs: 500, retentionDays: null },
		});
	});

	it('uses OpenAI where its key is, but no server of another make unasked', () => {
		const key = { OPENAI_API_KEY: 'k' };
		const openai = { apiKey: 'k', baseUrl: null, model: 'text-embedding-3-small' };
		expect(settings({ enabled: true }, key).memory?.openai).toEqual(openai);
		expect(settings({ enabled: true, embedder: 'local' }, key).memory?.openai).toBeNull();
		const other = { ...key, OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' };
		expect(settings({ enabled: true }, other).memory?.openai).toBeNull();
		expect(settings({ enabled: true, embedder: 'openai' }, other).memory?.openai?.baseUrl).toBe(other.OPENAI_BASE_URL);
	});

	it('says that OpenAI needs its key', () => {
		const { problems } = settings({ enabled: true, embedder: 'openai' });
		expect(problems).toMatchObject([{ message: expect.stringMatching(/^embedder: needs OPENAI_API_KEY/) }]);
	});
});
