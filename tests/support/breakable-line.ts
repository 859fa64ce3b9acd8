import { connect, createServer, type Socket } from 'node:net';

/** A way to a server that can break, as a network does: with the server still there. */
export interface BreakableLine {
	address: string;
	/** What the server says does not arrive any more on the connections there are; it still hears. */
	hush(): void;
	/** Cuts every connection and lets none come about. */
	cut(): void;
	mend(): void;
	close(): Promise<void>;
}

export async function breakableLine(to: string): Promise<BreakableLine> {
	const { hostname, port } = new URL(to);
	const ends = new Set<Socket>();
	const hushes = new Set<() => void>();
	let isCut = false;
	const keep = (socket: Socket) => {
		ends.add(socket);
		socket.on('close', () => ends.delete(socket));
		// A connection that breaks is what this is for.
		socket.on('error', () => {});
	};
	const server = createServer((near) => {
		keep(near);
		if (isCut) return void near.destroy();
		const far = connect(Number(port), hostname);
		keep(far);
		near.pipe(far).pipe(near);
		const hush = () => void far.unpipe(near).resume();
		hushes.add(hush);
		near.on('close', () => {
			hushes.delete(hush);
			far.destroy();
		});
		far.on('close', () => near.destroy());
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const bound = server.address();
	const own = typeof bound === 'object' && bound !== null ? bound.port : 0;
	const cut = () => {
		isCut = true;
		for (const socket of ends) socket.destroy();
	};
	return {
		address: `http://127.0.0.1:${own}`,
		hush() {
			for (const hush of hushes) hush();
		},
		cut,
		mend: () => {
			isCut = false;
		},
		async close() {
			cut();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
