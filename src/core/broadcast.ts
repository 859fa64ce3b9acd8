/** Words to whoever listens in other processes. They may be missed: nothing may depend on them but what people see pass. */
export interface Broadcast {
	/** Never throws, and never waits. `value` is JSON. Topics are 1 to 200 characters. */
	say(topic: string, value: unknown): void;
	/** Calls with what is said from now on; the returned function ends it. */
	hear(topic: string, heard: (value: unknown) => void): () => void;
	close(): Promise<void>;
}
