import { beforeEach, describe, expect, it } from 'vitest';
import { startScript } from '../support/command.ts';
import { requireService } from '../support/services.ts';

beforeEach((context) => requireService('redis', context));

describe('npm run soak', () => {
	it('a short storm: every run ends, once, and the journals agree with the provider', async () => {
		const args = ['--minutes', '0.15', '--runs', '15'];
		const { code, stdout, stderr } = await startScript('bench/soak.ts', args).ended;
		expect(stdout, stderr).toContain('all is as it must be');
		expect(code).toBe(0);
		expect(Number(/, (\d+) runs,/.exec(stdout)?.[1])).toBeGreaterThan(10);
		expect(Number(/lives: (\d+)/.exec(stdout)?.[1])).toBeGreaterThan(0);
	}, 240_000);
});
