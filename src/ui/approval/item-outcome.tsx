import type { ApprovalItem, ApprovalVote } from '../../core/approval.ts';
import { say } from '../say.ts';
import { dateText } from '../text/date-text.ts';

/** Who said what so far, one line each. */
export function Votes({ item: { votes, needed } }: { item: ApprovalItem }) {
	const given = votes.filter(({ decision }) => decision === 'approve').length;
	return (
		<>
			{say('card.approvals', { given, needed })}
			{votes.length > 0 && (
				<ul>
					{votes.map((vote) => (
						<li key={`${vote.at} ${vote.decision} ${vote.by.platform} ${vote.by.user}`}>
							<bdi>{say(`card.voted.${vote.forRun ? 'for_run' : vote.decision}`, whoOf(vote))}</bdi>
						</li>
					))}
				</ul>
			)}
		</>
	);
}

/** What became of a call that no longer waits. */
export function ItemOutcome({ item }: { item: ApprovalItem }) {
	const { state, question, outcome, denial, effect } = item;
	const wanted = state === 'approved' ? 'approve' : state === 'denied' ? 'deny' : null;
	const deciders = item.votes.filter(({ decision }) => decision === wanted);
	return (
		<div className="outcome" data-state={state}>
			<p>
				<span aria-hidden="true">{state === 'approved' ? '✓' : '✕'}</span>{' '}
				<b>
					{question === 'outcome' && outcome !== null ? say(`card.answered.${outcome}`) : say(`card.state.${state}`)}
				</b>
			</p>
			{deciders.map((vote) => (
				<p key={`${vote.at} ${vote.by.platform} ${vote.by.user}`}>
					<bdi>{say('card.decided_by', whoOf(vote))}</bdi>
				</p>
			))}
			{denial !== null && denial !== '' && (
				<p className="foreign" dir="auto">
					{say('card.denied_because', { reason: denial })}
				</p>
			)}
			{state === 'approved' && outcome !== 'happened' && outcome !== 'abandon' && (
				<p className="quiet">{say(`card.effect.${effect}`)}</p>
			)}
		</div>
	);
}

/** Who it was, where and when, for a sentence. */
function whoOf({ by, at, via }: ApprovalVote): Record<'who' | 'where' | 'time', string> {
	return { who: by.user, where: placeText(via, by.platform), time: dateText(at) };
}

function placeText(via: string, platform: string): string {
	switch (via) {
		case 'page':
		case 'terminal':
		case 'command':
			return say(`card.via.${via}`, { platform });
		default:
			return say('card.via.thread', { platform });
	}
}
