import { describe, expect, it } from 'vitest';
import { missingLimits } from '../../../../src/adapters/sandbox/docker/engine.ts';
import { massgen, temporaryFolder } from '../../../support/command.ts';

const GOOD = {
	OSType: 'linux',
	MemoryLimit: true,
	SwapLimit: true,
	PidsLimit: true,
	CpuCfsQuota: true,
	SecurityOptions: ['name=seccomp,profile=default'],
};

describe('an engine', () => {
	it('that has every limit will do', () => {
		expect(missingLimits(GOOD)).toBeNull();
		expect(missingLimits({ ...GOOD, SecurityOptions: ['name=apparmor', 'name=seccomp,profile=builtin'] })).toBeNull();
	});

	it.each([
		['other containers', { OSType: 'windows' }, /Switch it to Linux containers/],
		['no limit of memory', { MemoryLimit: false }, /cannot limit memory here.*cgroup_enable=memory/],
		['no limit of swap and processes', { SwapLimit: false, PidsLimit: false }, /limit swap, the number of processes/],
		['no filter of system calls', { SecurityOptions: [] }, /default seccomp profile/],
		[
			'a filter that filters nothing',
			{ SecurityOptions: ['name=seccomp,profile=unconfined'] },
			/default seccomp profile/,
		],
	])('with %s turns tools off, with the repair', (_title, given, sentence) => {
		const problem = missingLimits({ ...GOOD, ...given });
		expect(problem).toMatch(/^Tools are off: /);
		expect(problem).toMatch(sentence);
	});

	it.each([
		[
			'is not there',
			'unix:///nowhere/docker.sock',
			/Tools are off: no Docker engine that DOCKER_HOST names is running/,
		],
		[
			'is named by what is no address',
			'tcp://[',
			/Tools are off: the Docker engine that DOCKER_HOST names does not answer/,
		],
	])('that %s is a warning of the doctor, and no more', async (_title, address, sentence) => {
		const folder = await temporaryFolder();
		const env = { DOCKER_HOST: address, DATA_DIR: folder.path };
		const { stdout, code } = await massgen(['doctor'], { env });
		expect(stdout).toMatch(sentence);
		expect(code).toBe(0);
		await folder.remove();
	});
});
