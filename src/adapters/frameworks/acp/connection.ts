import type {
	ClientContext,
	InitializeRequest,
	RequestPermissionResponse,
	SessionUpdate,
} from '@agentclientprotocol/sdk';
import type { ProgramSettings } from '../../../core/external-settings.ts';
import { endingOf, lastWords, type ProgramFolder, type ProgramPlace, startProgram } from '../shared/program.ts';
import { createPermissions, type Permissions } from './permissions.ts';

type Sdk = typeof import('@agentclientprotocol/sdk');

/** What hears of the prompt that is going on. */
interface Listener {
	permissions: Permissions;
	update(update: SessionUpdate): void;
	/** People must decide: the prompt is to be cancelled. */
	interrupt(): void;
}

/** A coding agent that has been started and has said what it can do. */
export interface AcpConnection {
	agent: ClientContext;
	canLoad: boolean;
	/** Settles like `work`, or rejects with a sentence when the program ends before. */
	whileAlive<Result>(work: Promise<Result>): Promise<Result>;
	/** One at a time. Null: nobody listens, as while a session is loaded. */
	listen(listener: Listener | null): void;
	end(): Promise<void>;
}

/** Throws with a sentence when the program cannot be started or ends before it has answered. `signal` ends it. */
export async function connectAcp(
	sdk: Sdk,
	program: ProgramSettings,
	place: ProgramPlace,
	folder: ProgramFolder,
	signal: AbortSignal,
): Promise<AcpConnection> {
	const process = await startProgram(program, place, signal, folder);
	const words = lastWords(process, program);
	const nobody = createPermissions(null, []);
	let listener: Listener | null = null;
	const writable = new WritableStream<Uint8Array>({ write: (bytes) => process.write(bytes) });
	const app = sdk
		.client({ name: 'massgen-chat' })
		.onRequest(sdk.methods.client.session.requestPermission, ({ params }): RequestPermissionResponse => {
			return (listener?.permissions ?? nobody).answer(params, () => listener?.interrupt());
		})
		.onNotification(sdk.methods.client.session.update, ({ params }) => listener?.update(params.update));
	const connection = app.connect(sdk.ndJsonStream(writable, ReadableStream.from(process.stdout)));
	const lost = process.exit.then((exit): never => {
		throw new Error(endingOf(exit, words()));
	});
	lost.catch(() => {});
	const { agent } = connection;
	const whileAlive = <Result>(work: Promise<Result>) => {
		// What the SDK says of a connection that is gone says less than the program's own end.
		const told = work.catch(
			(thrown: unknown): Promise<never> => (connection.signal.aborted ? lost : Promise.reject(thrown)),
		);
		return Promise.race([told, lost]);
	};
	const end = async () => {
		connection.close();
		await process.dispose();
	};
	try {
		const clientCapabilities = { fs: { readTextFile: false, writeTextFile: false }, terminal: false };
		const about: InitializeRequest = { protocolVersion: sdk.PROTOCOL_VERSION, clientCapabilities };
		const initialized = agent.request(sdk.methods.agent.initialize, about);
		const { agentCapabilities } = await whileAlive(initialized);
		return {
			agent,
			whileAlive,
			canLoad: agentCapabilities?.loadSession === true,
			listen(next) {
				listener = next;
			},
			end,
		};
	} catch (thrown) {
		await end();
		throw thrown;
	}
}
