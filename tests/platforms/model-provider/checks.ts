import { WireRefusal } from './reply.ts';

/** Refuses the request as malformed, the way every provider does: 400 and a sentence. */
export function refuse(message: string): never {
	throw new WireRefusal(400, 'invalid_request_error', message);
}

export function objectAt(value: unknown, where: string): Record<string, unknown> {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(`${where} must be an object`);
	return value as Record<string, unknown>;
}

export function arrayAt(value: unknown, where: string): readonly unknown[] {
	if (!Array.isArray(value)) refuse(`${where} must be an array`);
	return value;
}

export function textAt(value: unknown, where: string): string {
	if (typeof value !== 'string') refuse(`${where} must be a string`);
	return value;
}

export function nonEmptyAt(value: unknown, where: string): string {
	const text = textAt(value, where);
	if (text === '') refuse(`${where} must not be empty`);
	return text;
}

export function oneOf<T extends string>(value: unknown, allowed: readonly T[], where: string): T {
	const found = allowed.find((one) => one === value);
	if (found === undefined) refuse(`${where} must be one of ${allowed.join(', ')}, not ${JSON.stringify(value)}`);
	return found;
}

/** Refuses fields that the API does not have. */
export function onlyFields(value: Record<string, unknown>, allowed: readonly string[], where: string): void {
	const unknown = Object.keys(value).find((key) => !allowed.includes(key));
	if (unknown !== undefined) refuse(`Unrecognized argument in ${where}: ${unknown}`);
}

/** A tool's name in every API we speak. */
export function toolNameAt(value: unknown, where: string): string {
	const name = nonEmptyAt(value, where);
	if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name)) refuse(`${where} has an invalid tool name: ${name}`);
	return name;
}

/** OpenAI's rule for strict functions: every object is closed and requires all of its properties. */
export function strictSchemaAt(schema: unknown, where: string): void {
	if (typeof schema !== 'object' || schema === null) return;
	const node = schema as Record<string, unknown>;
	if (node.type === 'object') {
		const properties = Object.keys(objectAt(node.properties ?? {}, `${where}.properties`));
		const required = arrayAt(node.required ?? [], `${where}.required`);
		if (node.additionalProperties !== false) refuse(`${where}: additionalProperties must be false in a strict schema`);
		const missing = properties.find((name) => !required.includes(name));
		if (missing !== undefined) refuse(`${where}: required must include ${missing} in a strict schema`);
	}
	for (const [key, value] of Object.entries(node)) {
		if (key === 'properties' || key === '$defs') {
			for (const [name, child] of Object.entries(objectAt(value, where))) strictSchemaAt(child, `${where}.${name}`);
		} else if (key === 'items') strictSchemaAt(value, `${where}[]`);
		else if (key === 'anyOf') for (const child of arrayAt(value, where)) strictSchemaAt(child, where);
		else if (key === 'oneOf' || key === 'allOf' || key === 'not') refuse(`${where}: ${key} is not permitted`);
	}
}

/** Checks that every tool result answers a call made before it and that no call stays without its result. */
export function createCallLedger() {
	const open = new Set<string>();
	return {
		called(id: string) {
			open.add(id);
		},
		answered(id: string) {
			if (!open.delete(id)) refuse(`No tool call found for tool result with call id ${id}`);
		},
		/** Called where a conversation goes on, and at its end. */
		settled() {
			for (const id of open) refuse(`No tool output found for tool call ${id}`);
		},
	};
}
