import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Of IPv4, what is not a machine of the public Internet (IANA's registry of special-purpose addresses). */
const NOT_PUBLIC_4 = `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
	192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4`;
/** The only part of IPv6 that is given out, and in it what is special or holds an IPv4 address. */
const PUBLIC_6 = '2000::/3';
const NOT_PUBLIC_6 = '2001::/23 2001:db8::/32 2002::/16 3fff::/20';

const listOf = (networks: string, family: 'ipv4' | 'ipv6') => {
	const list = new BlockList();
	for (const network of networks.split(/\s+/)) {
		const [address = '', bits] = network.split('/');
		list.addSubnet(address, Number(bits), family);
	}
	return list;
};
const notPublic4 = listOf(NOT_PUBLIC_4, 'ipv4');
const public6 = listOf(PUBLIC_6, 'ipv6');
const notPublic6 = listOf(NOT_PUBLIC_6, 'ipv6');

/**
 * Whether an address is one of the public Internet, and not of this machine. Forms of IPv6 that hold an IPv4 address
 * (mapped, translated, 6to4, Teredo) are none, whatever they hold.
 */
export function isPublicAddress(address: string): boolean {
	const own = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((it) => it.address));
	if (own.includes(address)) return false;
	if (isIP(address) === 4) return !notPublic4.check(address, 'ipv4');
	// With a zone it is of one link.
	if (isIP(address) !== 6 || address.includes('%')) return false;
	return public6.check(address, 'ipv6') && !notPublic6.check(address, 'ipv6');
}
