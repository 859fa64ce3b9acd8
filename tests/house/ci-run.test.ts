import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from './source-files.ts';

let clone: string;
beforeEach(() => {
	clone = mkdtempSync(join(tmpdir(), 'ci-run-'));
});
afterEach(() => {
	rmSync(clone, { recursive: true });
});

/** Puts a program on the PATH that notes its command line in the journal and then runs `script`. */
function fake(program: string, script = '') {
	const file = join(clone, 'bin', program);
	mkdirSync(join(clone, 'bin'), { recursive: true });
	writeFileSync(file, `#!/bin/bash\necho "${program} $* CI=$CI in $PWD" >>"${clone}/journal"\n${script}\n`);
	chmodSync(file, 0o755);
}

interface Machine {
	packages?: readonly string[];
	installed?: readonly string[];
	npm?: string;
	/** What its Docker engine does: it is running, comes up when it is started, or ends at once with a complaint. */
	engine?: 'running' | 'absent' | 'broken';
}

const dockerd = {
	running: '',
	absent: 'touch up; trap \'rm up; echo "dockerd ended" >>journal; exit\' TERM; while :; do sleep 0.05; done',
	broken: 'echo "no iptables here" >&2; exit 1',
} as const;

/** Runs `.ci/run` in a clone that needs these packages, with npm, dpkg-query, apt-get and Docker replaced. */
function run(options: Machine = {}) {
	const engine = options.engine ?? 'running';
	const script = readFileSync(join(ROOT, '.ci/run'), 'utf8').replace(
		/packages=\(\n[^)]*\)/,
		`packages=(${(options.packages ?? []).join(' ')})`,
	);
	mkdirSync(join(clone, '.ci'));
	writeFileSync(join(clone, '.ci/run'), script);
	fake('npm', options.npm);
	fake('apt-get');
	fake('sudo', 'shift; "$@"');
	fake('docker', engine === 'running' ? '' : '[ -e up ]');
	fake('dockerd', dockerd[engine]);
	fake(
		'dpkg-query',
		`case " ${(options.installed ?? []).join(' ')} " in *" \${@: -1} "*) echo 'ii ';; *) exit 1;; esac`,
	);
	const { status, stdout } = spawnSync('bash', ['.ci/run'], {
		cwd: clone,
		encoding: 'utf8',
		input: 'nobody reads this',
		env: { PATH: `${join(clone, 'bin')}:${process.env.PATH}` },
	});
	const journal = existsSync(join(clone, 'journal')) ? readFileSync(join(clone, 'journal'), 'utf8') : '';
	const did = journal.split('\n').filter((line) => /^(npm|apt-get|dockerd) /.test(line));
	return { status, stdout, did };
}

describe('.ci/run', () => {
	it('can be executed', () => {
		expect(statSync(join(ROOT, '.ci/run')).mode & 0o111).not.toBe(0);
	});

	it('runs npm ci and then npm test in the clone, with CI=true, and says so', () => {
		const { status, stdout, did } = run();
		expect(did).toEqual([`npm ci CI=true in ${clone}`, `npm test CI=true in ${clone}`]);
		expect(stdout).toMatch(/nothing to install[\s\S]*npm ci[\s\S]*npm test/);
		expect(status).toBe(0);
	});

	it('fails when the installation fails, without running the tests', () => {
		const { status, did } = run({ npm: '[ "$1" != ci ] || exit 3' });
		expect(did).toEqual([`npm ci CI=true in ${clone}`]);
		expect(status).toBe(3);
	});

	it('fails when the tests fail', () => {
		expect(run({ npm: '[ "$1" != test ] || exit 4' }).status).toBe(4);
	});

	it('gives what it runs an empty stdin', () => {
		expect(run({ npm: '[ -z "$(cat)" ] || exit 5' }).status).toBe(0);
	});

	it('installs the packages that are missing, and only those', () => {
		const { status, did } = run({ packages: ['redis-server', 'chromium'], installed: ['chromium'] });
		expect(did.map((line) => line.replace(/ CI=.*/, ''))).toEqual([
			'apt-get update --quiet',
			'apt-get install --quiet --yes --no-install-recommends redis-server',
			'npm ci',
			'npm test',
		]);
		expect(status).toBe(0);
	});

	it('installs nothing when all are there', () => {
		const { did } = run({ packages: ['chromium'], installed: ['chromium'] });
		expect(did.map((line) => line.replace(/ CI=.*/, ''))).toEqual(['npm ci', 'npm test']);
	});

	describe('the Docker engine', () => {
		const commands = ({ did }: ReturnType<typeof run>) => did.map((line) => line.replace(/ CI=.*| --.*/, ''));

		it('is started before the tests, and ended after them', () => {
			const ran = run({ engine: 'absent', npm: '[ -e up ] || exit 6' });
			expect(commands(ran)).toEqual(['dockerd', 'npm ci', 'npm test', 'dockerd ended']);
			expect(ran.status).toBe(0);
		});

		it('is ended when the tests fail, whose exit code stays', () => {
			const ran = run({ engine: 'absent', npm: '[ "$1" != test ] || exit 4' });
			expect(commands(ran).at(-1)).toBe('dockerd ended');
			expect(ran.status).toBe(4);
		});

		it('stays when it was there before', () => {
			expect(commands(run({ engine: 'running' }))).toEqual(['npm ci', 'npm test']);
		});

		it('fails the run with its last words when it does not come up', () => {
			const ran = run({ engine: 'broken' });
			expect(commands(ran)).toEqual(['dockerd']);
			expect(ran.stdout).toMatch(/did not come up[\s\S]*no iptables here/);
			expect(ran.status).toBe(1);
		});
	});
});
