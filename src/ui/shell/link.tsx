import type { MouseEvent, ReactNode } from 'react';
import { go } from './route.ts';

/** A link within the page; with a modifier key it is the browser's as usual. */
export function Link({
	to,
	isCurrent = false,
	className,
	children,
}: {
	to: string;
	isCurrent?: boolean;
	className?: string;
	children: ReactNode;
}) {
	const onClick = (event: MouseEvent) => {
		if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
		event.preventDefault();
		go(to);
	};
	return (
		<a href={to} onClick={onClick} className={className} aria-current={isCurrent ? 'page' : undefined}>
			{children}
		</a>
	);
}
