import type { MessageOf } from '../../core/gateway.ts';
import type { CardPlace } from '../approval/deciding.ts';
import { say } from '../say.ts';
import { isGoing, type RunMessages } from '../state/thread-state.ts';
import type { ToolTrace } from '../state/tool-trace.ts';
import { dateText } from '../text/date-text.ts';
import { Board } from './board.tsx';
import { Details } from './details.tsx';
import type { FileAt } from './files.tsx';
import { Final } from './final.tsx';
import { Slots } from './slots.tsx';
import { Steps } from './steps.tsx';

interface RunViewProps {
	messages: RunMessages;
	tools: ToolTrace;
	cards: CardPlace;
	fileAt: FileAt;
	onRetry(run: string): void;
	onChoose(choice: MessageOf<'choice'>, agent: string): void;
}

/** One question and everything that came of it. */
export function RunView({ messages, tools, cards, fileAt, onRetry, onChoose }: RunViewProps) {
	const { run, question, board, slots, steps, final } = messages;
	const going = isGoing(messages);
	const winner = going ? null : (final?.winner ?? null);
	return (
		<article className="run" aria-busy={going}>
			{question !== null && (
				<header>
					<p className="question" dir="auto">
						{question.text}
					</p>
					<p className="quiet">
						<time dateTime={new Date(question.askedAt).toISOString()}>
							{say('thread.asked', { time: dateText(question.askedAt) })}
						</time>
						{question.retryOf !== null && ` · ${say('thread.retry_of')}`}
					</p>
				</header>
			)}
			{board === null ? (
				<p role="status">{say('thread.starting')}</p>
			) : (
				<Board board={board} winner={winner} activeMs={final?.activeMs ?? null} />
			)}
			{going && board !== null && (
				<div className="row">
					<span className="working">{say(workingOn(messages))}</span>
					<button type="button" className="stop" onClick={cards.stop}>
						{say('stop.button')}
					</button>
				</div>
			)}
			{slots.length > 0 && <Slots slots={slots} />}
			<Steps steps={steps} cards={cards} onChoose={onChoose} />
			{final !== null && (
				<Final final={final} rows={board?.rows ?? []} fileAt={fileAt} onRetry={going ? null : () => onRetry(run)} />
			)}
			<Details rows={board?.rows ?? []} tools={tools} memories={board?.memories ?? []} />
		</article>
	);
}

/** How many calls of tools wait for people. */
const heldIn = ({ steps }: RunMessages): number =>
	steps
		.flatMap((step) => (step.type === 'approval' ? step.approval.items : []))
		.filter(({ state }) => state === 'pending').length;

function workingOn(messages: RunMessages): `working.${'answer' | 'vote' | 'present' | 'held'}` {
	const { board, final } = messages;
	if (heldIn(messages) > 0) return 'working.held';
	if (final !== null) return 'working.present';
	return board?.rows.every((row) => row.version > 0 || row.state === 'out') ? 'working.vote' : 'working.answer';
}

/** What a screen reader is told of a run, in one sentence that changes with what matters. */
export function newsOf(messages: RunMessages): string {
	const { board, final, steps } = messages;
	if (board === null) return say('news.begun');
	if (board.finished !== null) return say('news.finished', { outcome: say(`outcome.${board.finished}`) });
	const held = heldIn(messages);
	if (held > 0) return say('news.held', { count: held });
	const open = steps.find((step) => step.type === 'choice' && step.chosen === null);
	if (open?.type === 'choice') return say('news.tie', { count: open.candidates.length });
	if (final !== null) return say('news.writing');
	const answered = board.rows.filter((row) => row.version > 0).at(-1);
	return answered === undefined ? say('news.begun') : say('news.answered', { agent: answered.agent });
}
