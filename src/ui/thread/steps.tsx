import { useRef } from 'react';
import type { MessageOf } from '../../core/gateway.ts';
import { ApprovalCard } from '../approval/approval-card.tsx';
import type { CardPlace } from '../approval/deciding.ts';
import { say } from '../say.ts';
import type { Step } from '../state/thread-state.ts';

interface StepOptions {
	cards: CardPlace;
	onChoose(choice: MessageOf<'choice'>, agent: string): void;
}

/** What the team decided on its way: votes, reviews, and what waits for the person: a tie, and calls of tools. */
export function Steps({ steps, ...options }: StepOptions & { steps: readonly Step[] }) {
	return steps.map((step) => <StepView key={step.key} step={step} {...options} />);
}

function StepView({ step, cards, onChoose }: StepOptions & { step: Step }) {
	switch (step.type) {
		case 'tally':
			return <Tally tally={step} />;
		case 'review':
			return <Review review={step} />;
		case 'choice':
			return <Choice choice={step} onChoose={onChoose} />;
		case 'approval':
			return <ApprovalCard approval={step.approval} place={cards} />;
	}
}

function Tally({ tally }: { tally: MessageOf<'tally'> }) {
	const { rows, by, votes, tie, winner } = tally;
	const most = Math.max(1, ...rows.map((row) => row.votes));
	return (
		<section className="tally">
			<div className="row">
				<h2>
					{say('tally.heading')} <span className="quiet">{say(`tally.by.${by}`)}</span>
				</h2>
				{votes.length > 0 && <Why votes={votes} />}
			</div>
			{votes.length === 0 && <p>{say('tally.none')}</p>}
			<ul>
				{rows.map((row) => (
					<li key={row.agent} data-winner={row.agent === winner}>
						<bdi>{row.agent}</bdi>
						<meter min={0} max={most} value={row.votes} aria-hidden="true" />
						<span>
							{say('board.votes', { count: row.votes })}
							{row.voters.length > 0 && (
								<span className="quiet"> {say('tally.from', { voters: row.voters.join(', ') })}</span>
							)}
						</span>
					</li>
				))}
			</ul>
			{tie !== null && <p className="hint">{tieText(tie, winner)}</p>}
		</section>
	);
}

function tieText(tie: { rule: string; tied: readonly string[] }, winner: string | null): string {
	const values = { tied: tie.tied.join(', '), winner: winner ?? '' };
	if (tie.rule === 'earliest') return say('tally.tie.earliest', values);
	return tie.rule === 'requester' ? say('tally.tie.requester', values) : say('tally.tie.order', values);
}

/** The reasons of the votes, in a dialog of the browser's own: Escape closes it and focus comes back. */
function Why({ votes }: { votes: MessageOf<'tally'>['votes'] }) {
	const dialog = useRef<HTMLDialogElement>(null);
	return (
		<>
			<button type="button" onClick={() => dialog.current?.showModal()}>
				{say('why.button')}
			</button>
			<dialog ref={dialog} aria-label={say('why.heading')}>
				<h2>{say('why.heading')}</h2>
				<dl>
					{votes.map((vote) => (
						<div key={vote.agent}>
							<dt>
								<bdi>{vote.agent}</bdi> → <bdi>{vote.target}</bdi>
								{vote.agent === vote.target && <span className="quiet"> ({say('tally.self')})</span>}
							</dt>
							<dd dir="auto">{vote.reason.trim() === '' ? say('tally.no_reason') : vote.reason}</dd>
						</div>
					))}
				</dl>
				<form method="dialog">
					<button type="submit">{say('why.close')}</button>
				</form>
			</dialog>
		</>
	);
}

function Review({ review }: { review: MessageOf<'review'> }) {
	return (
		<section className="review">
			<p>{say(review.verdict === 'restart' ? 'review.restart' : 'review.submit')}</p>
			{review.reason !== '' && <p dir="auto">{say('review.reason', { reason: review.reason })}</p>}
			{review.instructions !== '' && (
				<p dir="auto">{say('review.instructions', { instructions: review.instructions })}</p>
			)}
		</section>
	);
}

function Choice({
	choice,
	onChoose,
}: {
	choice: MessageOf<'choice'>;
	onChoose(choice: MessageOf<'choice'>, agent: string): void;
}) {
	if (choice.chosen !== null) return <p className="hint">{say('choice.chosen', { agent: choice.chosen })}</p>;
	return (
		<section className="choice" role="alert">
			<h2>{say('choice.heading', { count: choice.candidates.length })}</h2>
			<p>{say('choice.about')}</p>
			<div className="row">
				{choice.candidates.map((agent) => (
					<button type="button" key={agent} onClick={() => onChoose(choice, agent)}>
						{say('choice.present', { agent })}
					</button>
				))}
			</div>
		</section>
	);
}
