import { type FormField, type FormValue, fits } from '../../../core/foreign-form.ts';

/** What a person put into a field: text, or positions of options from "0" (yes is 0, no is 1); null: nothing. */
export type FormEntry = string | readonly string[] | null;

/** What the entries of a form come to, or the positions of the fields whose entries do not fit. */
export type FormReading =
	| { type: 'fits'; values: Readonly<Record<string, FormValue>> }
	| { type: 'wrong'; fields: readonly number[] };

/** Reads what a person filled in, one entry for each field in their order; what is left out is empty. */
export function readEntries(fields: readonly FormField[], entries: readonly FormEntry[]): FormReading {
	const read = fields.map((field, at) => entered(field, entries[at] ?? null));
	const wrong = read.flatMap((value, at) => (value === null ? [at] : []));
	if (wrong.length > 0) return { type: 'wrong', fields: wrong };
	const values = fields.flatMap(({ name }, at): [string, FormValue][] => {
		const value = read[at];
		return value == null ? [] : [[name, value]];
	});
	return { type: 'fits', values: Object.fromEntries(values) };
}

/** Undefined: left empty, which is allowed; null: it does not fit. */
function entered(field: FormField, entry: FormEntry): FormValue | undefined | null {
	const given = typeof entry === 'string' ? entry.trim() : entry;
	const isEmpty = given === null || given === '' || (typeof given === 'object' && given.length === 0);
	if (isEmpty && !field.required) return undefined;
	const value = readAs(field, given);
	return fits(field, value) ? value : null;
}

function readAs(field: FormField, given: FormEntry): unknown {
	switch (field.type) {
		case 'text':
			return given;
		case 'boolean':
			return given === '0' || (given === '1' ? false : undefined);
		case 'number':
			return typeof given === 'string' && given !== '' ? Number(given) : undefined;
		case 'choice': {
			const optionAt = (position: string) => field.options.find((_, at) => String(at) === position)?.value;
			if (field.several !== null) return typeof given === 'object' ? (given ?? []).map(optionAt) : undefined;
			return typeof given === 'string' ? optionAt(given) : undefined;
		}
	}
}
