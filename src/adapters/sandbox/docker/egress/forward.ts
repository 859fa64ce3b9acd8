import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { constants } from 'node:os';

/*
 * Runs inside of a sandbox, in front of its program: `forward <socket> <port> <program> [arguments]`. There is no network
 * in there but loopback, and programs know proxies by port, so a port of loopback leads to the socket of the proxy.
 */
const [socket = '', port, program = '', ...args] = process.argv.slice(2);

const server = createServer((client) => {
	const proxy = connect(socket);
	const stop = () => {
		client.destroy();
		proxy.destroy();
	};
	client.on('error', stop).on('close', stop);
	proxy.on('error', stop).on('close', stop);
	client.pipe(proxy).pipe(client);
});

server.listen(Number(port), '127.0.0.1', () => {
	const child = spawn(program, args, { stdio: 'inherit' });
	child.on('error', (error) => {
		process.stderr.write(`${program} cannot be started: ${error.message}\n`);
		process.exit(127);
	});
	child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
});
