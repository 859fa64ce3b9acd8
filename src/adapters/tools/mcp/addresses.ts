import { BlockList, isIP, isIPv4 } from 'node:net';

/** Where an address leads. `forbidden`: link-local (there the metadata of clouds is), multicast, reserved. */
export type AddressKind = 'public' | 'loopback' | 'private' | 'forbidden';

/** Blocks of IPv4 by the registry of special-purpose addresses of IANA. */
const V4: readonly (readonly [AddressKind, string, number])[] = [
	['loopback', '127.0.0.0', 8],
	['private', '10.0.0.0', 8],
	['private', '100.64.0.0', 10],
	['private', '172.16.0.0', 12],
	['private', '192.168.0.0', 16],
	['forbidden', '0.0.0.0', 8],
	['forbidden', '169.254.0.0', 16],
	['forbidden', '192.0.0.0', 24],
	['forbidden', '192.0.2.0', 24],
	['forbidden', '192.88.99.0', 24],
	['forbidden', '198.18.0.0', 15],
	['forbidden', '198.51.100.0', 24],
	['forbidden', '203.0.113.0', 24],
	['forbidden', '224.0.0.0', 4],
	['forbidden', '240.0.0.0', 4],
];
/** Blocks of IPv6; what is in none is forbidden. The tunnels 2001::/32 and 2002::/16 lead to addresses of IPv4. */
const V6: readonly (readonly [AddressKind, string, number])[] = [
	['loopback', '::1', 128],
	['private', 'fc00::', 7],
	['forbidden', '2001::', 32],
	['forbidden', '2001:db8::', 32],
	['forbidden', '2002::', 16],
	['forbidden', '3fff::', 20],
	['public', '2000::', 3],
];

const blocks = (rows: typeof V4, family: 'ipv4' | 'ipv6') =>
	rows.map(([kind, address, prefix]) => {
		const list = new BlockList();
		list.addSubnet(address, prefix, family);
		return { kind, has: (candidate: string) => list.check(candidate, family) };
	});
const v4 = blocks(V4, 'ipv4');
const v6 = blocks(V6, 'ipv6');

/** The kind of an address in its usual text form; what is none is forbidden. */
export function kindOfAddress(address: string): AddressKind {
	if (isIP(address) === 0) return 'forbidden';
	if (isIPv4(address)) return v4.find((block) => block.has(address))?.kind ?? 'public';
	const mapped = mappedV4(address);
	if (mapped !== null) return kindOfAddress(mapped);
	return v6.find((block) => block.has(address))?.kind ?? 'forbidden';
}

/** The address of IPv4 inside of `::ffff:a.b.c.d`, however that is written. */
function mappedV4(address: string): string | null {
	const { hostname } = new URL(`http://[${address.replace(/%.*$/, '')}]`);
	const groups = /^\[::ffff:([\da-f]{1,4}):([\da-f]{1,4})\]$/.exec(hostname);
	if (groups === null) return null;
	const [high, low] = [Number.parseInt(groups[1] ?? '', 16), Number.parseInt(groups[2] ?? '', 16)];
	return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
