/** Results of calls that reached no tool, in words for the model. */
export const toolResults = {
	unknown: (name: string, known: readonly string[]) =>
		`There is no tool "${name}". ${known.length === 0 ? 'No tools can be called here.' : `Tools: ${known.join(', ')}.`}`,
	brokenArguments: (cut: boolean) =>
		`The arguments are not valid JSON.${cut ? ' Your output was cut at its limit: write less.' : ''} Send the call again.`,
	planned: (name: string) =>
		`${name} was not called: the team is still planning, and this would act outside the workspace. Describe in your answer what you would do with it.`,
	failed: (name: string, message: string) => `${name} failed: ${message}`,
} as const;
