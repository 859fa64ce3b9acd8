import type { CheckedChange } from '../shared/check-input.ts';
import { encodeName } from '../shared/name-codec.ts';
import type { Layout } from './layout.ts';

/** A commit as `commitScript` takes it, without the keys and arguments that are the same for all. */
export interface CommitRequest {
	keys: readonly string[];
	args: readonly string[];
}

/** KEYS has the data's and the commit's own key before those of the changes. */
const KEYS_BEFORE = 2;

const expectation = (number: number | null) => (number === null ? '' : String(number));

export function commitRequest(changes: readonly CheckedChange[], layout: Layout): CommitRequest {
	const keys: string[] = [];
	const args: string[] = [];
	const places = new Map<string, string>();
	/** Where the keys of a kind or a log are in KEYS, which counts from 1. */
	const placeOf = (group: readonly string[]) => {
		const [name = ''] = group;
		const known = places.get(name);
		if (known !== undefined) return known;
		const place = String(KEYS_BEFORE + keys.length + 1);
		keys.push(...group);
		places.set(name, place);
		return place;
	};
	for (const change of changes) {
		if (change.type === 'append') {
			args.push('append', placeOf([layout.log(change.log)]), expectation(change.seq), change.text);
			continue;
		}
		if (change.type === 'drop') {
			args.push('drop', placeOf([layout.log(change.log)]));
			continue;
		}
		const { kind } = change;
		const place = placeOf([layout.record(kind), layout.order(kind), layout.gone(kind)]);
		args.push(change.type, place, encodeName(change.key), expectation(change.version));
		if (change.type === 'put') args.push(change.text);
	}
	return { keys, args };
}
