import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** What the tool `send_mail` of agents in other processes has sent: one line of JSON each, in the file `SENT_FILE`. */
export function sentFile() {
	const folder = mkdtempSync(join(tmpdir(), 'sent-'));
	const path = join(folder, 'sent.jsonl');
	afterAll(() => rmSync(folder, { recursive: true }));
	return {
		path,
		clear: () => rmSync(path, { force: true }),
		read: (): unknown[] => {
			if (!existsSync(path)) return [];
			const lines = readFileSync(path, 'utf8').split('\n');
			return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
		},
	};
}
