import { spawnSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { massgen, temporaryFolder } from '../support/command.ts';
import { eventsIn } from '../support/thread-of.ts';

const LONG = 'long '.repeat(30_000);

describe('a disk that fills up during a run', () => {
	it('stops it with a message that names the folder; with space again it is resumed to its end', async (context) => {
		const folder = await temporaryFolder();
		const disk = join(folder.path, 'disk');
		await mkdir(disk);
		const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=900k', 'tmpfs', disk]).status === 0;
		if (!mounted) return context.skip('needs the right to mount a tmpfs');
		try {
			const ballast = join(disk, 'ballast');
			await writeFile(ballast, Buffer.alloc(300_000));
			const team = join(folder.path, 'team.yaml');
			await writeFile(team, `agents:\n${['a', 'b', 'c'].map(agent).join('')}`);
			const env = { DATA_DIR: join(disk, 'data') };
			const ended = await massgen(['ask', '--config', team, 'Hm?'], { env });
			expect(ended.code).toBe(2);
			expect(ended.stderr).toContain(disk);
			const [, run = ''] = /npm run ask -- --resume (\w+)/.exec(ended.stderr) ?? [];
			await rm(ballast);
			spawnSync('mount', ['-o', 'remount,size=20m', disk]);
			const resumed = await massgen(['ask', '--json', '--resume', run, '--config', team], { env });
			expect(resumed.code).toBe(0);
			expect(eventsIn(resumed.stdout).at(-1)).toMatchObject({ type: 'run_finished', outcome: 'answered', answers: 3 });
		} finally {
			spawnSync('umount', [disk]);
			await folder.remove();
		}
	}, 30_000);
});

const agent = (id: string) => `  - id: ${id}
    backend:
      type: scripted
      model: scripted
      script:
        answer: [{ new_answer: "${LONG} ${id}" }]
`;
