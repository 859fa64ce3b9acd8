import { useEffect, useState } from 'react';
import { api, type ThreadItem } from '../api/client.ts';
import { say } from '../say.ts';
import { dateText } from '../text/date-text.ts';
import { Link } from './link.tsx';

const PAGE = 30;
/** How often a list with a running thread is looked at again, in milliseconds. */
const REFRESH_MS = 5_000;

/** Both lists, each thread once: as the first one has it. */
function merged(first: readonly ThreadItem[], second: readonly ThreadItem[]): readonly ThreadItem[] {
	const known = new Set(first.map(({ id }) => id));
	return [...first, ...second.filter(({ id }) => !known.has(id))];
}

/** The earlier threads, newest first, each under its own address. */
export function ThreadList({ current }: { current: string | null }) {
	const [threads, setThreads] = useState<readonly ThreadItem[] | null>(null);
	const [isWhole, setWhole] = useState(false);
	const isMoving = threads?.some(({ id, state }) => state === 'running' || id === current) ?? true;

	// biome-ignore lint/correctness/useExhaustiveDependencies: a new thread must show up in the list
	useEffect(() => {
		let isOver = false;
		const load = async () => {
			const page = await api.threads().catch(() => null);
			if (isOver || page === null) return;
			setThreads((known) => merged(page.threads, known ?? []));
			if (page.threads.length < PAGE) setWhole(true);
		};
		void load();
		const timer = isMoving ? setInterval(load, REFRESH_MS) : undefined;
		return () => {
			isOver = true;
			clearInterval(timer);
		};
	}, [current, isMoving]);

	const more = async () => {
		const last = threads?.at(-1);
		if (last === undefined) return;
		const page = await api.threads(last.id).catch(() => null);
		if (page === null) return;
		setThreads((known) => merged(known ?? [], page.threads));
		if (page.threads.length < PAGE) setWhole(true);
	};

	return (
		<nav className="threads" aria-label={say('threads.heading')}>
			<h2>{say('threads.heading')}</h2>
			{threads?.length === 0 && <p className="quiet">{say('threads.none')}</p>}
			<ul>
				{threads?.map(({ id, title, startedAt, state, outcome, runs }) => (
					<li key={id}>
						<Link to={`/t/${id}`} isCurrent={id === current}>
							<bdi className="title">{title}</bdi>
							<span className="quiet">
								{say(`threads.state.${state === 'running' ? 'running' : (outcome ?? 'answered')}`)}
								{' · '}
								{dateText(startedAt)}
								{runs > 1 && ` · ${say('threads.runs', { count: runs })}`}
							</span>
						</Link>
					</li>
				))}
			</ul>
			{threads !== null && threads.length >= PAGE && !isWhole && (
				<button type="button" onClick={more}>
					{say('threads.more')}
				</button>
			)}
		</nav>
	);
}
