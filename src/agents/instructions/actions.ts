/** What an agent of another system is told of what it wanted to do. */
export const actionTexts = {
	approved: 'A person approved it, and it was handed over to be done.',
	/** For whoever goes on from an approval that an earlier process may have carried out. */
	unknown:
		'It was approved, and then the program was interrupted. Whether it happened is not known, so it is not done again. If it must be done, look first whether it has happened, and ask again.',
} as const;

/** The call by which an agent whose own tools ask nobody is approved as a whole. */
export const PERMIT = {
	name: 'run_agent',
	description: 'Lets an agent of another system work for one turn with its own tools, which ask nobody.',
} as const;

/** What an agent that works for another one is told of what people would have to decide. */
export const workedForAnother = (name: string): string =>
	`${name} was not done: you work for another agent here, and nobody can be asked. Say in your answer what should be done.`;
