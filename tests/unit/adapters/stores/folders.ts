import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Clock } from '../../../../src/core/clock.ts';

/** A clock that stands still at 2026-01-01. */
export const stillClock: Clock = { now: () => Date.UTC(2026, 0, 1), after: () => () => {} };

/** Gives a new temporary folder at each call; all of them go when the file's tests are done. */
export function temporaryFolders(): () => string {
	const made: string[] = [];
	afterAll(() => {
		for (const folder of made) rmSync(folder, { recursive: true, force: true });
	});
	return () => {
		const folder = mkdtempSync(join(tmpdir(), 'massgen-store-'));
		made.push(folder);
		return folder;
	};
}
