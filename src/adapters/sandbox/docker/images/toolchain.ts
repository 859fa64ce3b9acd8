import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { BotError } from '../../../../core/errors.ts';
import { filesBelow, findProgram, type RootFileSystem } from './root-file-system.ts';

const run = promisify(execFile);

/** What agents count on, and the Debian package that brings it. */
export const NEEDED = { bash: 'bash', git: 'git', python3: 'python3', rg: 'ripgrep' } as const;

/** Programs that go in when the machine has them. */
const WELCOME =
	`[ awk basename bunzip2 bzip2 cat chmod cksum cmp column comm cp csplit cut date dd df diff dirname du echo
	egrep env expand expr false fgrep file find fmt fold grep gunzip gzip head hexdump id install join jq ln ls make
	md5sum mkdir mktemp mv nl nohup nproc od paste patch pr printenv printf ps pwd readlink realpath rev rm rmdir sed
	seq sha1sum sha256sum shuf sleep sort split stat strings stty sync tac tail tar tee test time timeout touch tr
	tree true truncate tsort tty uname unexpand uniq unlink unxz unzip wc which whoami xargs xxd xz yes zcat zip`
		.split(/\s+/)
		.filter((name) => name !== '');

/** Shared with the Dockerfile. */
const GIT_CONFIG = new URL('gitconfig', import.meta.url).pathname;

/**
 * Fills in bash, git, Python, Node, ripgrep and the usual small programs. Throws `sandbox_failed` that names the Debian
 * packages to install.
 */
export async function fillToolchain(root: RootFileSystem, node: string): Promise<void> {
	const found = new Map<string, string>();
	for (const name of Object.keys(NEEDED)) found.set(name, (await findProgram(name)) ?? '');
	const absent = Object.entries(NEEDED).filter(([name]) => found.get(name) === '');
	if (absent.length > 0) {
		const packages = absent.map(([, debian]) => debian).join(' ');
		throw new BotError(
			'sandbox_failed',
			`The toolchain image was not made: this machine has no ${absent.map(([name]) => name).join(', ')} to put in. On Debian: apt-get install ${packages}.`,
		);
	}
	for (const name of WELCOME) {
		const path = await findProgram(name);
		if (path !== null) await root.program(path, `usr/bin/${name}`);
	}
	for (const name of ['bash', 'rg', 'git']) await root.program(found.get(name) ?? '');
	await root.link('bash', 'usr/bin/sh');
	await fillNode(root, node);
	await fillNpm(root);
	await fillGit(root, found.get('git') ?? '');
	await fillPython(root, found.get('python3') ?? '');
}

/** Node under the name that scripts call it by. */
export async function fillNode(root: RootFileSystem, node: string): Promise<void> {
	await root.program(node, 'usr/local/bin/node');
}

/** Its sub-commands, but for those that only talk over a network. */
async function fillGit(root: RootFileSystem, git: string): Promise<void> {
	const { stdout } = await run(git, ['--exec-path']);
	const folder = stdout.trim();
	await root.copy(folder, folder, /^\/git-(?:remote|http|imap|daemon|send-email|svn|p4|cvs|instaweb)/);
	const templates = await findFolder('/usr/share/git-core/templates');
	if (templates !== null) await root.copy(templates, templates);
	await root.copy(GIT_CONFIG, 'etc/gitconfig');
}

const DESCRIBE =
	'import sys, sysconfig; print(sys.executable); print(sysconfig.get_path("stdlib")); print(sysconfig.get_path("platstdlib"))';

/** The interpreter and its standard library, without installed packages and tests. */
async function fillPython(root: RootFileSystem, python: string): Promise<void> {
	const { stdout } = await run(python, ['-I', '-c', DESCRIBE]);
	const [executable = python, ...folders] = stdout.trim().split('\n');
	const real = await realpath(executable);
	await root.program(real, real);
	for (const name of ['python3', 'python']) await root.link(real, `usr/bin/${name}`);
	const leaveOut = /\/(?:__pycache__|test|idlelib|ensurepip|site-packages|dist-packages|config-[^/]*)(?:\/|$)/;
	for (const folder of new Set(folders)) {
		await root.copy(folder, folder, leaveOut);
		await root.libraries(await filesBelow(folder, /\.so$/));
	}
}

async function findFolder(path: string): Promise<string | null> {
	return realpath(path).catch(() => null);
}

/** Npm as this machine has it, for scripts of projects; nothing when it has none. */
async function fillNpm(root: RootFileSystem): Promise<void> {
	const npm = await findProgram('npm');
	if (npm === null) return;
	const folder = dirname(dirname(await realpath(npm)));
	await root.copy(folder, 'usr/local/lib/node_modules/npm');
	await root.link('../lib/node_modules/npm/bin/npm-cli.js', 'usr/local/bin/npm');
}
