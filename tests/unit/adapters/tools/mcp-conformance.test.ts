import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startScript, temporaryFolder } from '../../../support/command.ts';

const SUITE = dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json'));
const CLIENT = join(import.meta.dirname, 'conformance-child.ts');
/** The client scenarios that a revision requires, as the suite has frozen them; there is no exception. */
const REVISIONS = [
	['2025-11-25', 18],
	['2026-07-28', 32],
] as const;
/** Real time, in milliseconds: two processes a scenario, on a machine that others use too. */
const PATIENCE = 180_000;

async function scenariosOf(revision: string): Promise<string[]> {
	const text = await readFile(join(SUITE, `requirements/${revision}.yaml`), 'utf8');
	return (parse(text) as { client: string[] }).client;
}

describe.each(
	await Promise.all(
		REVISIONS.map(async ([revision, count]) => ({ revision, count, scenarios: await scenariosOf(revision) })),
	),
)('the official conformance suite, revision $revision', ({ revision, count, scenarios }) => {
	it('is run as a whole', () => {
		expect(new Set(scenarios).size).toBe(count);
	});

	it.concurrent.each(scenarios)(
		'is met: %s',
		async (scenario) => {
			const folder = await temporaryFolder();
			const command = `${process.execPath} ${CLIENT}`;
			const given = ['--scenario', scenario, '--spec-version', revision, '--timeout', String(PATIENCE - 30_000)];
			const args = ['client', '--command', command, ...given, '-o', folder.path];
			const ended = await startScript('node_modules/@modelcontextprotocol/conformance/dist/index.js', args).ended;
			await folder.remove();
			expect(ended.code, ended.stdout + ended.stderr).toBe(0);
			expect(ended.stdout + ended.stderr).toContain('PASSED');
		},
		PATIENCE,
	);
});
