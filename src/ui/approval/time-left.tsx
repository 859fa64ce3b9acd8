import { useEffect, useState } from 'react';
import { say } from '../say.ts';
import { timeText } from '../text/time-text.ts';

/** The longest that a timer of a browser waits, in milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

/** Whether this moment of the server's clock has passed. */
export function useIsPast(at: number, aheadMs: number): boolean {
	const [now, setNow] = useState(Date.now());
	const left = at - aheadMs - now;
	useEffect(() => {
		if (left <= 0) return;
		const timer = setTimeout(() => setNow(Date.now()), Math.min(left + 1, LONGEST_MS));
		return () => clearTimeout(timer);
	}, [left]);
	return left <= 0;
}

/** How long it is until a moment of the server's clock, counted down. */
export function TimeLeft({ until, aheadMs }: { until: number; aheadMs: number }) {
	const [now, setNow] = useState(Date.now());
	useEffect(() => {
		const timer = setInterval(() => setNow(Date.now()), 1_000);
		return () => clearInterval(timer);
	}, []);
	return (
		<span role="timer" className="figure">
			{say('card.left', { time: timeText(Math.max(0, until - aheadMs - now)) })}
		</span>
	);
}
