import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
const FIXTURE = join(ROOT, 'tests/fixtures/services');

let programs: string;
beforeEach(() => {
	programs = mkdtempSync(join(tmpdir(), 'services-'));
});
afterEach(() => {
	rmSync(programs, { recursive: true });
});

/** Runs the fixture's tests where `programs` is the whole PATH. Both outputs go to one file, as they would to a screen. */
function runFixture(env: Readonly<Record<string, string>>) {
	const screen = join(programs, 'screen');
	const output = openSync(screen, 'w');
	const { status } = spawnSync(process.execPath, [VITEST, 'run', '--root', FIXTURE], {
		stdio: ['ignore', output, output],
		env: { PATH: programs, HOME: programs, NO_COLOR: '1', ...env },
	});
	closeSync(output);
	return { status, lines: readFileSync(screen, 'utf8').trimEnd().split('\n') };
}

function install(program: string, script: string) {
	writeFileSync(join(programs, program), script);
	chmodSync(join(programs, program), 0o755);
}

describe('tests whose service is absent', () => {
	it('are skipped by name, with the remedy, and counted in the last line', { timeout: 60_000 }, () => {
		const { status, lines } = runFixture({});
		const why = 'needs redis: `redis-server --version` fails; on Debian, install redis-server and start it';
		expect(lines.slice(-3)).toEqual([
			`skipped: needs-redis.ts > with a service > talks to redis (${why})`,
			`skipped: needs-redis.ts > with a service > talks to redis again (${why})`,
			'1 passed, 0 failed, 2 skipped',
		]);
		expect(status).toBe(0);
	});

	it('fail the run with CI=true', { timeout: 60_000 }, () => {
		const { status, lines } = runFixture({ CI: 'true' });
		expect(lines.at(-1)).toBe('1 passed, 0 failed, 2 skipped');
		expect(lines.at(-2)).toContain('a skipped test fails the run');
		expect(status).toBe(1);
	});

	it('run when the service is there, and a run without skips passes with CI=true', { timeout: 60_000 }, () => {
		install('redis-server', '#!/bin/sh\nexit 0\n');
		const { status, lines } = runFixture({ CI: 'true' });
		expect(lines.at(-1)).toBe('3 passed, 0 failed, 0 skipped');
		expect(status).toBe(0);
	});

	it('count a service that is installed and broken as absent', { timeout: 60_000 }, () => {
		install('redis-server', '#!/bin/sh\nexit 1\n');
		expect(runFixture({}).lines.at(-1)).toBe('1 passed, 0 failed, 2 skipped');
	});
});

describe('the closing line', () => {
	it('counts a failed test, and the run fails', { timeout: 60_000 }, () => {
		const { status, lines } = runFixture({ FIXTURE_FAILS: 'yes' });
		expect(lines.at(-1)).toBe('0 passed, 1 failed, 2 skipped');
		expect(status).toBe(1);
	});

	it('counts a file that cannot be loaded as a failure', { timeout: 60_000 }, () => {
		const { status, lines } = runFixture({ FIXTURE_BREAKS: 'yes' });
		expect(lines.at(-1)).toBe('0 passed, 1 failed, 0 skipped');
		expect(status).toBe(1);
	});
});
