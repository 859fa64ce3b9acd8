import type { Asked } from './command.ts';
import type { ErrorCode } from './errors.ts';
import type { GatewayHost, Inbound } from './gateway.ts';

/** What a gateway for programs may ask of the bot besides. */
export interface ProgramHost extends GatewayHost {
	/** As `receive`; the result is the code of what it was refused for, null when it was not. */
	submit(inbound: Inbound): Promise<ErrorCode | null>;
	/** What has become of a question by the id it came with; null: the session has not taken it, or not kept it. */
	asked(session: string, id: string): Promise<Asked | null>;
}
