import { createLinks } from '../access/links.ts';
import { kindOfAddress } from '../adapters/tools/mcp/addresses.ts';
import { type ApprovalEngine, createApprovals } from '../approvals/approvals.ts';
import { createModelJudge, type RiskJudge } from '../approvals/model-judge.ts';
import type { ToolPinBook } from '../approvals/tool-pins.ts';
import { allMcpServers } from '../config/all-mcp-servers.ts';
import type { LoadedConfig } from '../config/check-config.ts';
import type { Access } from '../core/access.ts';
import type { Audit } from '../core/audit.ts';
import type { Backend } from '../core/backend.ts';
import type { Clock } from '../core/clock.ts';
import type { Say } from '../core/say.ts';
import type { Store } from '../core/store.ts';
import type { Tool } from '../core/tool.ts';

export interface ApprovalParts {
	config: LoadedConfig;
	store: Store;
	clock: Clock;
	sayIn(locale: string | null): Say;
	audit: Audit;
	access: Access;
	pins: ToolPinBook;
	/** Values that only this program should know. */
	secrets: readonly string[];
	/** The model of a team's first agent. */
	backendOf(team: string): Promise<Backend>;
	onProblem(error: unknown): void;
}

/** The people's say in what tools do, by the policy of the configuration. */
export function openApprovals(parts: ApprovalParts): ApprovalEngine {
	const { config, pins, backendOf, ...rest } = parts;
	const { policy } = config.settings;
	const { judge } = policy;
	return createApprovals({
		...rest,
		policy,
		judge: judge === null ? null : judgeOf(() => backendOf(judge.team)),
		samePerson: createLinks(config.access.people),
		addressKind: kindOfAddress,
		toolOf: (name) => toolOfServers(config, pins, name),
	});
}

/** The backend is made when it is first needed. */
const judgeOf =
	(backend: () => Promise<Backend>): RiskJudge =>
	async (...call) =>
		createModelJudge(await backend())(...call);

/** A tool of the configuration's MCP servers, as its server shows it now. */
async function toolOfServers(config: LoadedConfig, pins: ToolPinBook, name: string): Promise<Tool | null> {
	const { offeredTool } = await import('../adapters/tools/mcp/offered-tool.ts');
	const { namesOfTool } = await import('../adapters/tools/mcp/tool-name.ts');
	for (const server of allMcpServers(config)) {
		const { tools } = await pins.view(server);
		const found = tools?.find((tool) => namesOfTool(server.name, tool.name).includes(name));
		if (found !== undefined) return offeredTool(server, found.seen);
	}
	return null;
}
