import type { Shortfall } from '../../core/coordination.ts';
import type { BoardRow, MessageOf } from '../../core/gateway.ts';
import type { Spend } from '../../core/usage.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { say } from '../say.ts';

import { Markdown } from '../text/markdown.tsx';
import { timeText } from '../text/time-text.ts';
import { type FileAt, Files } from './files.tsx';

/** The result: what is missing from it is said before its text. */
export function Final({
	final,
	rows,
	fileAt,
	onRetry,
}: {
	final: MessageOf<'final'>;
	rows: readonly BoardRow[];
	fileAt: FileAt;
	onRetry: (() => void) | null;
}) {
	const { winner, content, streaming, shortfalls, spend, activeMs, outcome } = final;
	return (
		<section className="final" data-outcome={outcome ?? 'open'}>
			<h2>
				{headingOf(final)}
				{winner !== null && <bdi className="quiet"> {say('final.by', { agent: winner })}</bdi>}
				{streaming && <span className="quiet"> · {say('final.writing')}</span>}
			</h2>
			{shortfalls.length > 0 && (
				<div className="shortfalls">
					<p>{say('final.notes')}</p>
					<ul>
						{shortfalls
							.flatMap((shortfall) => reasonsOf(shortfall, rows))
							.map((reason) => (
								<li key={reason} dir="auto">
									{reason}
								</li>
							))}
					</ul>
				</div>
			)}
			{content !== '' && <Markdown text={content} isGrowing={streaming} />}
			{content === '' && outcome === 'failed' && <p>{say('final.none')}</p>}
			{content === '' && outcome === 'stopped' && <p>{say('final.none_stopped')}</p>}
			{final.files !== null && <Files files={final.files} fileAt={fileAt} />}
			{outcome !== null && (
				<footer className="row">
					<span className="quiet">
						{spend === null ? '' : spendText(spend)}
						{activeMs === null ? '' : ` · ${timeText(activeMs)}`}
					</span>
					<span className="row">
						{content !== '' && <CopyButton text={content} label={say('final.copy')} />}
						{onRetry !== null && (
							<button type="button" onClick={onRetry}>
								{say('final.retry')}
							</button>
						)}
					</span>
				</footer>
			)}
		</section>
	);
}

/** Who is out is named with the reason. */
function reasonsOf(shortfall: Shortfall, rows: readonly BoardRow[]): string[] {
	const out = rows.filter(({ state }) => state === 'out');
	if (shortfall !== 'agent_out' || out.length === 0) return [say(`shortfall.${shortfall}`)];
	return out.map(({ agent, note }) => say('shortfall.agent_out_named', { agent, reason: note ?? '' }));
}

function headingOf({ outcome, streaming, content, answers, agents }: MessageOf<'final'>): string {
	if (streaming) return say('final.heading.streaming');
	switch (outcome) {
		case null:
			return say('final.heading.reviewing');
		case 'partial':
			return say('final.heading.partial', { answers, agents });
		case 'stopped':
			return content === '' ? say('final.heading.stopped') : say('final.heading.stopped_answer', { answers, agents });
		default:
			return say(`final.heading.${outcome}`);
	}
}

/** Unknown is said to be unknown, never shown as nothing. */
function spendText({ modelCalls, usage, costMicroUsd, unpricedCalls }: Spend): string {
	const { inputTokens, outputTokens } = usage;
	const tokens =
		inputTokens === null || outputTokens === null
			? say('spend.unknown_tokens')
			: say('spend.tokens', { count: inputTokens + outputTokens });
	const cost =
		costMicroUsd === null
			? say('spend.unknown_cost', { count: modelCalls, unpriced: unpricedCalls })
			: `$${(costMicroUsd / 1_000_000).toFixed(costMicroUsd === 0 ? 2 : 4)}`;
	return [say('spend.calls', { count: modelCalls }), tokens, cost].join(' · ');
}
