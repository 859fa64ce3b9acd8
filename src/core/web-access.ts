/** Which addresses may be called beside public ones: those of this machine, those of private networks. */
export interface WebRules {
	allowLoopback: boolean;
	allowPrivate: boolean;
}

/** A `fetch` that calls only addresses that the rules let it, and tries again what may pass. */
export interface WebAccess {
	/** For text bodies. Rejects with a sentence for a person. */
	fetch(input: string | URL, init?: RequestInit): Promise<Response>;
	/** Ends connections that are kept. */
	close(): void;
}
