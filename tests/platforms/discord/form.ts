import { type Data, DiscordError } from './wire.ts';

export type Path = readonly (string | number)[];

export interface Bounds {
	min?: number;
	max?: number;
	/** Whether its absence is a fault. */
	required?: boolean;
}

/** Collects what is wrong with a body, to be answered at once as code 50035. */
export interface Form {
	fault(path: Path, code: string, message: string): void;
	/** The text at a path whose length is in UTF-16 units, or null when there is none. */
	text(value: unknown, path: Path, bounds?: Bounds): string | null;
	/** The whole number at a path, or null when there is none. */
	whole(value: unknown, path: Path, bounds?: Bounds): number | null;
	/** The list at a path, empty when there is none. */
	list(value: unknown, path: Path, bounds?: Bounds): readonly unknown[];
	/** Throws the refusal when there was a fault. */
	check(): void;
}

function place(tree: Data, path: Path, fault: Data): void {
	let node = tree;
	for (const step of path) {
		const key = String(step);
		const next = (node[key] ?? {}) as Data;
		node[key] = next;
		node = next;
	}
	node._errors = [...((node._errors as Data[] | undefined) ?? []), fault];
}

function lengthFault(length: number, { min, max }: Bounds): readonly [string, string] | null {
	if (min !== undefined && max !== undefined && (length < min || length > max))
		return ['BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`];
	if (max !== undefined && length > max) return ['BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`];
	if (min !== undefined && length < min) return ['BASE_TYPE_MIN_LENGTH', `Must be ${min} or more in length.`];
	return null;
}

export function createForm(): Form {
	const tree: Data = {};
	let faults = 0;
	const fault: Form['fault'] = (path, code, message) => {
		faults += 1;
		place(tree, path, { code, message });
	};
	const absent = (value: unknown, path: Path, { required }: Bounds) => {
		if (value !== undefined && value !== null) return false;
		if (required) fault(path, 'BASE_TYPE_REQUIRED', 'This field is required');
		return true;
	};
	const measured = (length: number, path: Path, bounds: Bounds) => {
		const found = lengthFault(length, bounds);
		if (found) fault(path, ...found);
	};
	return {
		fault,
		text(value, path, bounds = {}) {
			if (absent(value, path, bounds)) return null;
			if (typeof value !== 'string') {
				fault(path, 'STRING_TYPE_CONVERT', `Could not interpret "${JSON.stringify(value)}" as string.`);
				return null;
			}
			measured(value.length, path, bounds);
			return value;
		},
		whole(value, path, bounds = {}) {
			if (absent(value, path, bounds)) return null;
			if (typeof value !== 'number' || !Number.isInteger(value)) {
				fault(path, 'NUMBER_TYPE_COERCE', `Value "${JSON.stringify(value)}" is not int.`);
				return null;
			}
			const { min = -Infinity, max = Infinity } = bounds;
			if (value > max) fault(path, 'NUMBER_TYPE_MAX', `int value should be less than or equal to ${max}.`);
			if (value < min) fault(path, 'NUMBER_TYPE_MIN', `int value should be greater than or equal to ${min}.`);
			return value;
		},
		list(value, path, bounds = {}) {
			if (absent(value, path, bounds)) return [];
			if (!Array.isArray(value)) {
				fault(path, 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
				return [];
			}
			measured(value.length, path, bounds);
			return value;
		},
		check() {
			if (faults > 0) throw new DiscordError(400, 50035, 'Invalid Form Body', tree);
		},
	};
}

/** The faults of a form error, one a line: `components.0.label BASE_TYPE_MAX_LENGTH`. */
export function faultLines(errors: Data, path = ''): readonly string[] {
	return Object.entries(errors).flatMap(([key, value]) =>
		key === '_errors'
			? (value as Data[]).map(({ code, message }) => `${path || '(body)'} ${String(code)}: ${String(message)}`)
			: faultLines(value as Data, path === '' ? key : `${path}.${key}`),
	);
}
