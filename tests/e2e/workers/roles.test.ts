import { describe, expect, it } from 'vitest';
import { createApp } from '../../../src/app.ts';
import { start } from '../../../src/cli/start.ts';

describe('a role', () => {
	it.each([
		[{}, 'needs REDIS_URL'],
		[{ REDIS_URL: 'redis://127.0.0.1:1' }, 'needs AUDIT_KEY'],
	])('is refused in a sentence with %j', async (env, sentence) => {
		const nowhere = { terminal: null, web: false, chats: false, observe: () => {}, onProblem: () => {} };
		const about = { file: 'tests/e2e/fixtures/crash.yaml', flags: {}, cwd: process.cwd(), env };
		for (const role of ['gateway', 'worker'] as const) {
			await expect(createApp({ ...about, ...nowhere, role })).rejects.toMatchObject({
				code: 'config_missing',
				userMessage: expect.stringContaining(`--role ${role} ${sentence}`),
			});
		}
	});

	it('is one of three', async () => {
		await expect(start(['--role', 'boss'])).rejects.toMatchObject({
			code: 'input_invalid',
			userMessage: expect.stringContaining('gateway, worker or all, not boss'),
		});
	});
});
