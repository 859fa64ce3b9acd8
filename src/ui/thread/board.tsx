import { useEffect, useState } from 'react';
import type { BoardRow, MessageOf } from '../../core/gateway.ts';
import { say } from '../say.ts';
import { timeText } from '../text/time-text.ts';

const SIGNS: Readonly<Record<BoardRow['state'], string>> = {
	waiting: '○',
	thinking: '◌',
	answered: '●',
	voted: '✓',
	presenting: '✎',
	reviewing: '◎',
	done: '✓',
	out: '✕',
};

/** One row per agent: what it is doing, its answer's version, and its votes once they are counted. */
export function Board({
	board,
	winner,
	activeMs,
}: {
	board: MessageOf<'board'>;
	winner: string | null;
	activeMs: number | null;
}) {
	const { rows, team, orchestration, finished, stoppedBy, startedAt } = board;
	return (
		<section className="board" aria-label={say('team.heading')}>
			<p className="quiet row">
				<span>
					{team} · {say('board.agents', { count: rows.length })}
					{orchestration > 1 && ` · ${say('board.round', { count: orchestration })}`}
					{stoppedBy !== null && ` · ${say('board.stopped_by', { by: stoppedBy })}`}
				</span>
				<Elapsed since={startedAt} total={activeMs} isOver={finished !== null} />
			</p>
			<table>
				<thead className="unseen">
					<tr>
						<th scope="col">{say('board.column.agent')}</th>
						<th scope="col">{say('board.column.state')}</th>
						<th scope="col">{say('board.column.version')}</th>
						<th scope="col">{say('board.column.votes')}</th>
					</tr>
				</thead>
				<tbody>
					{rows.map((row) => (
						<Row key={row.agent} row={row} isWinner={row.agent === winner} />
					))}
				</tbody>
			</table>
		</section>
	);
}

function Row({ row, isWinner }: { row: BoardRow; isWinner: boolean }) {
	const { agent, model, state, tool, version, votes, note } = row;
	return (
		<tr data-state={state} data-winner={isWinner}>
			<th scope="row">
				<bdi>{agent}</bdi>
				<bdi className="quiet">{model}</bdi>
			</th>
			<td>
				<span className="sign" aria-hidden="true">
					{isWinner ? '★' : SIGNS[state]}
				</span>{' '}
				{isWinner ? say('board.winner') : say(`state.${state}`)}
				{tool !== null && <bdi className="quiet"> · {tool}</bdi>}
				{note !== null && (
					<bdi className="note" dir="auto">
						{note}
					</bdi>
				)}
			</td>
			<td className="figure">
				{version === 0 ? <span className="unseen">{say('board.no_answer')}</span> : say('board.version', { version })}
			</td>
			<td className="figure">
				{votes === null ? (
					<span className="unseen">{say('board.open_votes')}</span>
				) : (
					say('board.votes', { count: votes })
				)}
			</td>
		</tr>
	);
}

/** `total` is the measured time of a run that is over, in milliseconds. */
function Elapsed({ since, total, isOver }: { since: number; total: number | null; isOver: boolean }) {
	const [now, setNow] = useState(Date.now());
	useEffect(() => {
		if (isOver) return;
		const timer = setInterval(() => setNow(Date.now()), 1_000);
		return () => clearInterval(timer);
	}, [isOver]);
	if (isOver && total === null) return null;
	return <span className="figure">{timeText(total ?? Math.max(0, now - since))}</span>;
}
