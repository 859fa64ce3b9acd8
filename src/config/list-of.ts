/** The entries of a setting that is a list with commas between them; white space round them does not count. */
export const listOf = (value: string | null): readonly string[] =>
	(value ?? '')
		.split(',')
		.map((entry) => entry.trim())
		.filter((entry) => entry !== '');
