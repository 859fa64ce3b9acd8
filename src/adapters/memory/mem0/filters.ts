import { BotError } from '../../../core/errors.ts';

/** A test of one field, or of several filters, as mem0 hands it to a vector store. */
export type Filters = Readonly<Record<string, unknown>>;

const LOGIC: Readonly<Record<string, 'all' | 'any' | 'none'>> = {
	AND: 'all',
	$and: 'all',
	OR: 'any',
	$or: 'any',
	NOT: 'none',
	$not: 'none',
};

const isObject = (value: unknown): value is Filters =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const OPERATORS: Readonly<Record<string, (found: unknown, wanted: unknown) => boolean>> = {
	eq: (found, wanted) => found === wanted,
	ne: (found, wanted) => found !== wanted,
	in: (found, wanted) => Array.isArray(wanted) && wanted.includes(found),
	nin: (found, wanted) => Array.isArray(wanted) && !wanted.includes(found),
	gt: (found, wanted) => compare(found, wanted, (order) => order > 0),
	gte: (found, wanted) => compare(found, wanted, (order) => order >= 0),
	lt: (found, wanted) => compare(found, wanted, (order) => order < 0),
	lte: (found, wanted) => compare(found, wanted, (order) => order <= 0),
	contains: (found, wanted) => typeof found === 'string' && typeof wanted === 'string' && found.includes(wanted),
	icontains: (found, wanted) =>
		typeof found === 'string' && typeof wanted === 'string' && found.toLowerCase().includes(wanted.toLowerCase()),
};

/** Whether a payload passes. Throws `bug` for a filter that is not understood: none is ever passed over. */
export function passes(payload: Filters, filters: Filters): boolean {
	return Object.entries(filters).every(([key, wanted]) => {
		const logic = LOGIC[key];
		return logic === undefined ? fieldPasses(payload[key], key, wanted) : logicPasses(payload, logic, key, wanted);
	});
}

function logicPasses(payload: Filters, logic: 'all' | 'any' | 'none', key: string, wanted: unknown): boolean {
	if (!Array.isArray(wanted) || wanted.length === 0 || !wanted.every(isObject)) throw refused(key);
	// All are looked at, so that what is not understood is found wherever it stands.
	const results = wanted.map((one) => passes(payload, one));
	if (logic === 'all') return results.every(Boolean);
	return logic === 'any' ? results.some(Boolean) : !results.some(Boolean);
}

function fieldPasses(found: unknown, key: string, wanted: unknown): boolean {
	if (key.startsWith('$')) throw refused(key);
	if (wanted === '*') return found !== undefined && found !== null;
	if (Array.isArray(wanted)) return wanted.includes(found);
	if (wanted === undefined) throw refused(key);
	if (!isObject(wanted)) return found === wanted;
	const tests = Object.entries(wanted);
	if (tests.length === 0) throw refused(key);
	return tests
		.map(([name, value]) => {
			const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
			if (operator === undefined) throw refused(`${key}.${name}`);
			return operator(found, value);
		})
		.every(Boolean);
}

function compare(found: unknown, wanted: unknown, holds: (order: number) => boolean): boolean {
	if (typeof found === 'number' && typeof wanted === 'number') return holds(found - wanted);
	if (typeof found === 'string' && typeof wanted === 'string')
		return holds(found < wanted ? -1 : Number(found > wanted));
	return false;
}

const refused = (what: string) => new BotError('bug', `a filter of memories is not understood: ${what}`);
