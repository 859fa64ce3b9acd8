/** A folder of this machine that an admin lets a team work on. */
export interface ContextFolder {
	/** Unique among those of an agent, and a part of a path. */
	name: string;
	/** Absolute, and without links. */
	path: string;
	/** The presenting agent may change its copy, and ask for the changes to be written back. */
	writable: boolean;
	/** Relative. With everything below them they are never written. */
	protectedPaths: readonly string[];
}
