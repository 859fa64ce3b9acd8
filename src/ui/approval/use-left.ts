import { useEffect, useState } from 'react';

/** Milliseconds until a moment of the server's clock, while somebody waits for it; 0 when it has passed. */
export function useLeft(until: number, aheadMs: number, isWaiting: boolean): number {
	const [now, setNow] = useState(Date.now());
	useEffect(() => {
		if (!isWaiting) return;
		setNow(Date.now());
		const timer = setInterval(() => setNow(Date.now()), 1_000);
		return () => clearInterval(timer);
	}, [isWaiting]);
	return Math.max(0, until - (now + aheadMs));
}
