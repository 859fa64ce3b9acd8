/** Keywords that OpenAI's strict function calling does not have. */
const unsupported = [
	'oneOf',
	'allOf',
	'not',
	'if',
	'then',
	'else',
	'patternProperties',
	'dependentRequired',
	'dependentSchemas',
];

function isNode(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function childrenOf(node: Record<string, unknown>): unknown[] {
	const named = [node.properties, node.$defs, node.definitions].filter(isNode).flatMap(Object.values);
	return [
		...named,
		...(Array.isArray(node.anyOf) ? node.anyOf : []),
		...(node.items === undefined ? [] : [node.items]),
	];
}

function fits(schema: unknown): boolean {
	if (!isNode(schema)) return false;
	if (unsupported.some((keyword) => keyword in schema)) return false;
	const isObject = Array.isArray(schema.type) ? schema.type.includes('object') : schema.type === 'object';
	if (isObject) {
		const required = Array.isArray(schema.required) ? schema.required : [];
		const properties = Object.keys(isNode(schema.properties) ? schema.properties : {});
		if (schema.additionalProperties !== false || properties.some((name) => !required.includes(name))) return false;
	} else if (Object.keys(schema).length === 0) return false;
	return childrenOf(schema).every(fits);
}

/**
 * Whether a function's JSON Schema can be enforced by the provider: one object, every object closed and with all its
 * properties required (developers.openai.com, "Structured Outputs", supported schemas).
 */
export function allowsStrict(parameters: Record<string, unknown>): boolean {
	return parameters.type === 'object' && fits(parameters);
}
