import { useCallback, useEffect, useState } from 'react';
import { ApiError, api, type Info } from '../api/client.ts';
import { AskPage } from '../ask/ask-page.tsx';
import { say } from '../say.ts';
import { ThreadPage } from '../thread/thread-page.tsx';
import { Link } from './link.tsx';
import { go, useThreadId } from './route.ts';
import { SignIn } from './sign-in.tsx';
import { ThreadList } from './thread-list.tsx';

type Load =
	| { type: 'loading' }
	| { type: 'signed_out' }
	| { type: 'broken'; message: string }
	| { type: 'ready'; info: Info };

/** The whole page: what it needs from the server first, then the address decides. */
export function App() {
	const [load, setLoad] = useState<Load>({ type: 'loading' });
	const thread = useThreadId();
	const begin = useCallback(async () => {
		try {
			setLoad({ type: 'ready', info: await api.info() });
		} catch (thrown) {
			const known = thrown instanceof ApiError ? thrown : new ApiError('unexpected', String(thrown));
			setLoad(known.code === 'sign_in' ? { type: 'signed_out' } : { type: 'broken', message: known.message });
		}
	}, []);
	useEffect(() => void begin(), [begin]);
	return (
		<>
			<a className="skip" href="#content">
				{say('app.skip')}
			</a>
			<header className="top">
				<Link to="/" className="brand">
					<span aria-hidden="true">◆</span> {say('app.name')}
				</Link>
				{thread !== null && <Link to="/">{say('threads.new')}</Link>}
			</header>
			<Content load={load} thread={thread} onRetry={begin} />
		</>
	);
}

function Content({ load, thread, onRetry }: { load: Load; thread: string | null; onRetry(): void }) {
	switch (load.type) {
		case 'loading':
			return (
				<main id="content">
					<p role="status">{say('app.loading')}</p>
				</main>
			);
		case 'signed_out':
			return <SignIn onDone={onRetry} />;
		case 'broken':
			return (
				<main id="content">
					<p role="alert">{load.message}</p>
					<button type="button" onClick={onRetry}>
						{say('error.again')}
					</button>
				</main>
			);
		case 'ready':
			return (
				<div className="columns">
					{thread === null ? (
						<AskPage info={load.info} onBegun={(id) => go(`/t/${id}`)} />
					) : (
						<ThreadPage key={thread} id={thread} info={load.info} onSignedOut={onRetry} />
					)}
					<ThreadList current={thread} />
				</div>
			);
	}
}
