import type { Person } from '../core/approval.ts';

/** Whether two accounts are one human's: the same account, or two that an administrator has linked. */
export function createLinks(people: readonly (readonly Person[])[]) {
	return async (one: Person, other: Person): Promise<boolean> =>
		isSame(one, other) ||
		people.some((accounts) => [one, other].every((person) => accounts.some((account) => isSame(account, person))));
}

/** Discord knows a person by one id in all servers; the ids of other platforms hold in their own place alone. */
const isSame = (one: Person, other: Person): boolean =>
	one.platform === other.platform &&
	one.user === other.user &&
	(one.platform === 'discord' || one.tenant === other.tenant);
