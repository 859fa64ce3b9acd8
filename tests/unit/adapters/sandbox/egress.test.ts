import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../../../src/adapters/sandbox/docker/egress/address.ts';
import { createEgressProxy, EGRESS_SOCKET } from '../../../../src/adapters/sandbox/docker/egress/proxy.ts';

describe('an address', () => {
	it.each(['1.1.1.1', '93.184.216.34', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '2a00:1450::1'])(
		'%s is public',
		(address) => expect(isPublicAddress(address)).toBe(true),
	);

	it.each([
		...[
			'127.0.0.1',
			'127.9.9.9',
			'0.0.0.0',
			'10.1.2.3',
			'172.16.0.1',
			'172.31.255.255',
			'192.168.0.1',
			'169.254.169.254',
		],
		...['100.64.0.1', '192.0.0.192', '198.18.0.1', '224.0.0.1', '255.255.255.255'],
		...['::1', '::', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd00:ec2::254', 'ff02::1', '2001:db8::1'],
		...[
			'::ffff:127.0.0.1',
			'::ffff:a9fe:a9fe',
			'::127.0.0.1',
			'64:ff9b::a9fe:a9fe',
			'2002:7f00:1::',
			'2001:0:7f00:1::',
		],
		...['2130706433', '0x7f000001', '0177.0.0.1', 'localhost', ''],
	])('%s is not public', (address) => {
		expect(isPublicAddress(address)).toBe(false);
	});
});

/** The status that the proxy gives a tunnel, and what came through it. */
function tunnel(folder: string, target: string): Promise<number> {
	return new Promise((resolve, reject) => {
		const asked = request({ socketPath: join(folder, EGRESS_SOCKET), method: 'CONNECT', path: target });
		asked.on('connect', (answer, socket) => {
			socket.destroy();
			resolve(answer.statusCode ?? 0);
		});
		asked.on('error', reject);
		asked.end();
	});
}

describe('the egress proxy', () => {
	it('dials the address that it checked: a name that changes in between leads nowhere else', async () => {
		const dialled: string[] = [];
		const server = createServer((socket) => {
			dialled.push(socket.localAddress ?? '');
			socket.on('error', () => {});
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.2', resolve));
		const address = server.address();
		const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
		const answers = [['127.0.0.2'], ['169.254.169.254'], ['10.0.0.1', '127.0.0.2'], []];
		let asked = 0;
		const proxy = await createEgressProxy({
			hosts: [`rebinding.example:${port}`],
			bytes: 1_000,
			privateAddresses: ['127.0.0.2'],
			resolve: async () => (answers[asked++] ?? []).map((it) => ({ address: it, family: 4 })),
		});
		const statuses = [];
		for (const _ of answers) statuses.push(await tunnel(proxy.folder, `Rebinding.example.:${port}`));
		expect(statuses).toEqual([200, 403, 200, 502]);
		expect(asked).toBe(answers.length);
		expect(dialled).toEqual(['127.0.0.2', '127.0.0.2']);
		for (const target of [`127.0.0.2:${port}`, 'rebinding.example:22', `user@rebinding.example:${port}`, 'nonsense']) {
			expect(await tunnel(proxy.folder, target), target).toBeGreaterThanOrEqual(400);
		}
		expect(asked).toBe(answers.length);
		await proxy.close();
		server.close();
	});
});
