import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** An address that takes every connection and answers nothing, until it is told where to pass everything on to. */
export interface BlackHole {
	readonly host: string;
	/** Connections so far. */
	connections(): number;
	/** New connections reach this port from now on (null: nothing again); those that are open break. */
	leadTo(port: number | null): void;
	close(): Promise<void>;
}

export async function createBlackHole(): Promise<BlackHole> {
	const sockets = new Set<Socket>();
	let count = 0;
	let target: number | null = null;
	const keep = (socket: Socket) => {
		sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)));
	};
	const breakAll = () => {
		for (const socket of sockets) socket.destroy();
	};
	const server = createServer((socket) => {
		keep(socket);
		count += 1;
		if (target === null) return void socket.resume();
		const onward = connect(target, '127.0.0.1');
		keep(onward.on('close', () => socket.destroy()));
		socket.pipe(onward).pipe(socket);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
		connections: () => count,
		leadTo(port) {
			target = port;
			breakAll();
		},
		async close() {
			breakAll();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
