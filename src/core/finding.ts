/** One thing that was looked at to see whether it is well. */
export interface Finding {
	level: 'ok' | 'warning' | 'error';
	/** In a sentence. Never holds a key. */
	what: string;
	/** The sentence that repairs it; null when there is nothing to repair. */
	repair: string | null;
}
