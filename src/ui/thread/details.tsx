import type { BoardRow } from '../../core/gateway.ts';
import type { Recalled } from '../../core/memory.ts';
import type { PlannedTask } from '../../core/task-plan.ts';
import { say } from '../say.ts';
import type { ToolTrace } from '../state/tool-trace.ts';

const SIGNS: Readonly<Record<PlannedTask['status'], string>> = {
	pending: '☐',
	in_progress: '◐',
	completed: '☑',
	blocked: '⊘',
};

interface DetailsProps {
	rows: readonly BoardRow[];
	tools: ToolTrace;
	memories: readonly Recalled[];
}

/** How the run goes, for those who want to know: what was remembered, what each agent plans, and which tools it used. Folded. */
export function Details({ rows, tools, memories }: DetailsProps) {
	const plans = rows.filter(({ plan = [] }) => plan.length > 0);
	const uses = Object.values(tools).flat().length;
	const tasks = plans.reduce((sum, { plan = [] }) => sum + plan.length, 0);
	if (uses === 0 && tasks === 0 && memories.length === 0) return null;
	const facts = [
		...(memories.length > 0 ? [say('details.memories', { count: memories.length })] : []),
		...(tasks > 0 ? [say('details.tasks', { count: tasks })] : []),
		...(uses > 0 ? [say('details.tools', { count: uses })] : []),
	];
	return (
		<section className="slots">
			<details>
				<summary>
					<bdi>{say('details.heading')}</bdi>
					<span className="quiet">{facts.join(' · ')}</span>
				</summary>
				{memories.length > 0 && <Memories memories={memories} />}
				{plans.map(({ agent, plan = [] }) => (
					<Plan key={agent} agent={agent} plan={plan} />
				))}
				{uses > 0 && <Tools tools={tools} />}
			</details>
		</section>
	);
}

/** What the agents were told is remembered, and where it came from. */
function Memories({ memories }: { memories: readonly Recalled[] }) {
	return (
		<div className="trace">
			<h3>{say('details.remembered')}</h3>
			<ul aria-label={say('details.remembered')}>
				{memories.map(({ id, text, trust, owner, run, at }) => (
					<li key={id}>
						<bdi>{text}</bdi>{' '}
						<span className="quiet">
							{[
								say(`details.owner.${owner}`),
								say(`details.trust.${trust}`),
								...(run === null ? [] : [say('details.run', { run })]),
								new Date(at).toISOString().slice(0, 10),
							].join(' · ')}
						</span>
					</li>
				))}
			</ul>
			<p className="hint">{say('details.not_instructions')}</p>
		</div>
	);
}

/** An agent's own plan, as a checklist. */
function Plan({ agent, plan }: { agent: string; plan: readonly PlannedTask[] }) {
	const heading = say('details.plan', { agent });
	return (
		<div className="trace">
			<h3>
				<bdi>{heading}</bdi>
			</h3>
			<ul aria-label={heading}>
				{plan.map(({ id, description, status, dependsOn }) => (
					<li key={id} data-status={status}>
						<span aria-hidden="true">{SIGNS[status]}</span> <bdi>{description}</bdi>{' '}
						<span className="quiet">
							{say(`details.status.${status}`)}
							{dependsOn.length > 0 && status !== 'completed' && (
								<bdi> · {say('details.after', { tasks: dependsOn.join(', ') })}</bdi>
							)}
						</span>
					</li>
				))}
			</ul>
		</div>
	);
}

function Tools({ tools }: { tools: ToolTrace }) {
	return (
		<>
			{Object.entries(tools).map(([agent, uses]) => (
				<div className="trace" key={agent}>
					<h3>
						<bdi>{say('details.used', { agent })}</bdi>
					</h3>
					<ol>
						{uses.map(({ label, lines }, at) => (
							// biome-ignore lint/suspicious/noArrayIndexKey: a use has nothing but its place
							<li key={at}>
								<bdi>{label}</bdi>
								<ul className="quiet">
									{lines.map((line, index) => (
										// biome-ignore lint/suspicious/noArrayIndexKey: the same
										<li key={index} dir="auto">
											{line}
										</li>
									))}
								</ul>
							</li>
						))}
					</ol>
				</div>
			))}
			<p className="hint">{say('details.since')}</p>
		</>
	);
}
