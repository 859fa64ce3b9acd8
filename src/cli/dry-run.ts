import { assumedOutputTokens, type Estimate, estimateRun } from '../agents/estimate.ts';
import { loadTokenCounter } from '../app/beside-the-bot.ts';
import { loadPrices } from '../app/open-teams.ts';
import { chooseTeam } from '../config/choose-team.ts';
import { type ConfiguredTeam, pricedAs } from '../config/configured-team.ts';
import { loadConfig } from '../config/load-config.ts';
import type { AskArguments } from './arguments.ts';
import { exitCode } from './exit-code.ts';

/** `npm run ask -- --dry-run`: what a run would send and could cost, without a model call. Returns the exit code. */
export async function dryRun(question: string, options: AskArguments): Promise<number> {
	const config = await loadConfig({
		file: options.config ?? null,
		flags: { team: options.team, dataDir: options['data-dir'], timeout: options.timeout },
		env: process.env,
		cwd: process.cwd(),
	});
	const chosen = await chooseTeam({ config, name: null, env: process.env, fetch });
	const team = {
		...chosen.team,
		rules: { ...chosen.team.rules, skipCoordination: options.quick || chosen.team.rules.skipCoordination },
	};
	const models = [...chosen.agents].map(([id, { systemMessage, backend }]) => {
		const { provider, model, maxOutputTokens } = backend;
		return { id, systemMessage, provider, model, maxOutputTokens };
	});
	const externals = [...chosen.externals].map(([id, { systemMessage, settings }]) => {
		return { id, systemMessage, ...pricedAs(settings), maxOutputTokens: null };
	});
	const agents = [...models, ...externals];
	const estimate = estimateRun(team, agents, question, await loadTokenCounter(), await loadPrices(config));
	const text = options.json
		? `${JSON.stringify({ team: team.name, ...estimate })}\n`
		: describe({ ...chosen, team }, estimate);
	process.stdout.write(text);
	return exitCode.done;
}

function describe({ team, notes }: ConfiguredTeam, estimate: Estimate): string {
	const width = Math.max(...team.members.map((member) => member.id.length));
	const rows = estimate.prompts.map(({ agent, answer, evaluate, present }) => {
		const model = team.members.find((member) => member.id === agent)?.model ?? '';
		const sizes = `first answer ${tokens(answer)}, evaluation ${tokens(evaluate)}, presentation ${tokens(present)}`;
		return `  ${agent.padEnd(width)}  ${model}\n  ${' '.repeat(width)}  prompts: ${sizes}`;
	});
	const worst = estimate.worstCalls === null ? 'without bound: the answer limit is off' : `${estimate.worstCalls}`;
	return [
		...notes,
		`Team ${team.name}, ${team.members.length} agents. Nothing was called.`,
		...rows,
		`Model calls: ${estimate.ordinaryCalls} in an ordinary run; at worst ${worst}.`,
		`Worst-case cost: ${costText(estimate)}.`,
		`Counted with answers of ${tokens(assumedOutputTokens)} where no limit is set. Corrections and retries come on top.`,
		'',
	].join('\n');
}

function costText({ worstCostMicroUsd, unpriced }: Estimate): string {
	if (unpriced.length > 0)
		return `unknown (no price for ${unpriced.join(', ')}; add it under prices: in the configuration)`;
	if (worstCostMicroUsd === null) return 'without bound; set orchestrator.max_new_answers_per_agent or a budget';
	return `$${(worstCostMicroUsd / 1_000_000).toFixed(4)}`;
}

const tokens = (count: number) => `${count.toLocaleString('en')} tokens`;
