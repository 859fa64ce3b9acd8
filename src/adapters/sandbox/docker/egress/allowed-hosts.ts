/** Where a sandbox may connect to. */
export interface HostAndPort {
	host: string;
	port: number;
}

const HOST = /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/;

/** Of `api.example.com:443`; null when it is something else: no port, a wildcard, an address of IPv6. */
export function parseHostAndPort(text: string): HostAndPort | null {
	const at = text.lastIndexOf(':');
	if (at < 0 || !/^\d{1,5}$/.test(text.slice(at + 1))) return null;
	const port = Number(text.slice(at + 1));
	// A name may end with the dot of the root.
	const host = text.slice(0, at).toLowerCase().replace(/\.$/, '');
	return port > 0 && port < 65_536 && host.length <= 253 && HOST.test(host) ? { host, port } : null;
}

export const isAllowed = (allowed: readonly HostAndPort[], { host, port }: HostAndPort): boolean =>
	allowed.some((one) => one.host === host && one.port === port);
