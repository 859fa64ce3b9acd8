import type { FakeDiscord } from './discord.ts';

/** A body with what it has to be refused for: the place of a fault and its code. */
export type Refused = readonly [name: string, body: object, fault: string];

export const V2 = 1 << 15;
export const text = (content: string) => ({ type: 10, content });
export const button = (more: object = {}) => ({ type: 2, style: 1, label: 'Stop', custom_id: 'stop', ...more });
export const row = (...components: object[]) => ({ type: 1, components });
export const select = (more: object = {}) => ({
	type: 3,
	custom_id: 'team',
	options: [{ label: 'Fast', value: 'fast' }],
	...more,
});
export const many = <T>(count: number, make: (at: number) => T): T[] =>
	Array.from({ length: count }, (_, at) => make(at));
export const v2 = (...components: object[]) => ({ flags: V2, components });
export const x = (count: number) => 'x'.repeat(count);

/** Sends each body and returns the name and fault of what was not refused as it should be. */
export async function unexpected(
	discord: FakeDiscord,
	cases: readonly Refused[],
	send: (body: object) => Promise<unknown>,
) {
	const wrong: string[] = [];
	for (const [name, body, fault] of cases) {
		const before = discord.violations.length;
		const code = await send(body).then(
			() => 'taken',
			(error: { code: unknown }) => error.code,
		);
		const noted = discord.violations.slice(before).map(({ message }) => message);
		const found = noted.length === 1 && noted[0]?.includes(`${fault}:`) && code === 50035;
		if (!found) wrong.push(`${name}: ${String(code)} ${noted.join()}`);
	}
	return wrong;
}
