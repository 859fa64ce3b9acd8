import type {
	GatewayHost,
	Inbound,
	PlacedMessage,
	TeamSummary,
	ThreadSummary,
} from '../../../../../src/core/gateway.ts';

export interface FakeHost extends GatewayHost {
	/** Everything that people did, in order. */
	readonly inbounds: Inbound[];
	/** What the journals tell, by session. */
	readonly journals: Map<string, PlacedMessage[]>;
	/** Bytes of kept files, by id. */
	readonly kept: Map<string, Uint8Array>;
	/** What was asked for with `threads`. */
	readonly listed: unknown[];
	/** How often a thread was read from its journals. */
	reads: number;
	summaries: ThreadSummary[];
	team: TeamSummary;
	/** What happens when a person does something. */
	onReceive(inbound: Inbound): Promise<void>;
}

/** A bot as gateways see it, told by the test what to do. */
export function createFakeHost(): FakeHost {
	return {
		inbounds: [],
		journals: new Map(),
		kept: new Map(),
		listed: [],
		reads: 0,
		summaries: [],
		team: { name: 'trio', description: 'Three models', members: [{ id: 'a', model: 'demo' }] },
		onReceive: async () => {},
		async receive(inbound) {
			this.inbounds.push(inbound);
			await this.onReceive(inbound);
		},
		async threads(...given) {
			this.listed.push(given);
			return this.summaries;
		},
		async thread(session) {
			this.reads += 1;
			return this.journals.get(session) ?? [];
		},
		async teams() {
			return { teams: [this.team], notes: ['The demo team answers.'] };
		},
		commands: () => [
			{ name: 'stop', fields: [] },
			{ name: 'help', fields: [] },
		],
		async keptFile(id) {
			return this.kept.get(id) ?? null;
		},
	};
}
