import { useEffect, useState } from 'react';
import { ApiError, api, type Info } from '../api/client.ts';
import type { CardPlace } from '../approval/deciding.ts';
import { commandIn } from '../ask/command-in.ts';
import { Forms } from '../form/forms.tsx';
import { Composer } from '../parts/composer.tsx';
import { say } from '../say.ts';
import { isGoing, runsOf } from '../state/thread-state.ts';
import { Markdown } from '../text/markdown.tsx';
import { newsOf, RunView } from './run-view.tsx';
import { useThread } from './use-thread.ts';

/** A thread: its runs, what waits behind them, and where the next question is typed. */
export function ThreadPage({ id, info, onSignedOut }: { id: string; info: Info; onSignedOut(): void }) {
	const { entries, tools, forms, isConnected, isMissing } = useThread(id, onSignedOut);
	const [said, tell] = useState<string | null>(null);
	const { runs, queue } = runsOf(entries ?? []);
	const last = runs.at(-1);
	const going = last !== undefined && isGoing(last);
	const moment = `${last?.run} ${going}`;
	// biome-ignore lint/correctness/useExhaustiveDependencies: what was said is about the moment before
	useEffect(() => tell(null), [moment]);
	if (isMissing) {
		return (
			<main id="content">
				<h1>{say('thread.missing_heading')}</h1>
				<p>{say('thread.missing')}</p>
			</main>
		);
	}
	const act = async (act: () => Promise<{ said: string[] }>) => {
		try {
			tell((await act()).said.join(' ') || null);
		} catch (thrown) {
			tell(thrown instanceof ApiError ? thrown.message : say('error.failed', { reason: String(thrown) }));
		}
	};
	const cards: CardPlace = {
		decide: async (decision) => (await api.decide(id, decision)).said,
		stop: () => act(() => api.stop(id)),
		tokenNeeded: info.tokenNeeded,
		aheadMs: info.aheadMs,
	};
	const title = runs[0]?.question?.text.slice(0, 80) ?? say('thread.untitled');
	return (
		<main id="content" className="thread">
			<title>{`${title} · ${say('app.name')}`}</title>
			<h1 className="unseen">{title}</h1>
			{!isConnected && (
				<p className="connection" role="status">
					{say('thread.reconnecting')}
				</p>
			)}
			{entries === null && <p role="status">{say('app.loading')}</p>}
			{runs.map((messages) => (
				<RunView
					key={messages.run}
					messages={messages}
					tools={tools[messages.run] ?? {}}
					cards={cards}
					fileAt={(file) => api.file(id, file)}
					onRetry={(run) => act(() => api.retry(id, run))}
					onChoose={({ run, orchestration }, agent) => act(() => api.choose(id, { run, orchestration, agent }))}
				/>
			))}
			{queue !== null && queue.waiting.length > 0 && (
				<section className="queue">
					<h2>{say('queue.heading')}</h2>
					<p className="quiet">{say('queue.about')}</p>
					<ol>
						{queue.waiting.map((waiting) => (
							<li key={waiting.id}>
								<bdi className="text">{waiting.question}</bdi>
							</li>
						))}
					</ol>
				</section>
			)}
			<Forms thread={id} forms={forms} />
			<p className="unseen" role="status">
				{last === undefined ? '' : newsOf(last)}
			</p>
			{said !== null && (
				<div className="said" role="status">
					<Markdown text={said} />
				</div>
			)}
			<Composer
				info={info}
				team={last?.board?.team ?? null}
				label={say('follow.label')}
				placeholder={say(going ? 'follow.placeholder_queue' : 'follow.placeholder')}
				send={say(going ? 'follow.send_queue' : 'follow.send')}
				onSend={async (question, key) => {
					const command = commandIn(question.question);
					const sent = command === null ? api.follow(id, question, key) : api.command(command, id, key);
					tell((await sent).said.join('\n\n') || null);
				}}
			/>
		</main>
	);
}
