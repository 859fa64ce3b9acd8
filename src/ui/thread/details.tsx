import { say } from '../say.ts';
import type { ToolTrace } from '../state/tool-trace.ts';

/** How the run went, for those who want to know: which agent used which tools. Folded. */
export function Details({ tools }: { tools: ToolTrace }) {
	const agents = Object.entries(tools);
	if (agents.length === 0) return null;
	return (
		<section className="slots">
			<details>
				<summary>
					<span>{say('details.heading')}</span>
					<span className="quiet">
						{say('details.tools', { count: agents.reduce((sum, [, uses]) => sum + uses.length, 0) })}
					</span>
				</summary>
				<p className="quiet">{say('details.since')}</p>
				<ul className="trace">
					{agents.map(([agent, uses]) => (
						<li key={agent}>
							<bdi>{agent}</bdi>
							<ol>
								{uses.map(({ label, lines }, at) => (
									// biome-ignore lint/suspicious/noArrayIndexKey: a use has nothing but its place
									<li key={at}>
										<bdi>{label}</bdi>
										{lines.length > 0 && (
											<ul className="quiet">
												{lines.map((line) => (
													<li key={line} dir="auto">
														{line}
													</li>
												))}
											</ul>
										)}
									</li>
								))}
							</ol>
						</li>
					))}
				</ul>
			</details>
		</section>
	);
}
