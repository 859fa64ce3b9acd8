/** A name for a request, so that it is done once however often it is sent. */
export function newKey(): string {
	// `crypto.randomUUID` is there on loopback and with TLS only, and the page may be open to the network without.
	return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
