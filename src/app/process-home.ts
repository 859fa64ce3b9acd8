import { readFileSync, readlinkSync } from 'node:fs';
import type { Home } from '../runs/heartbeat.ts';

/** Whether a process of this machine is there, whoever it belongs to. */
function isThere(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (thrown) {
		return (thrown as NodeJS.ErrnoException).code !== 'ESRCH';
	}
}

/**
 * This process and the machine it is on: this boot of it, and the space its process ids count in, which differs between
 * containers. Null where the system does not tell.
 */
export function processHome(): Home | null {
	try {
		const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
		const machine = `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
		return {
			name: `${machine} ${process.pid}`,
			isDeserted(home) {
				const pid = Number(home.slice(machine.length + 1));
				if (!home.startsWith(`${machine} `) || !Number.isSafeInteger(pid)) return false;
				// Who asks is another life than that of the home, so its own id has been given anew.
				return pid === process.pid || !isThere(pid);
			},
		};
	} catch {
		return null;
	}
}
