/** Numbers in [0, 1) that look random and are the same for the same seed. */
export type Chance = () => number;

/** A generator of 32 bits of state: a Weyl sequence whose steps are mixed by two multiplications. */
export function createChance(seed: number): Chance {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x9e3779b9) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
		mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
		return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
	};
}

/** A whole number from `least` to `most`. */
export const between = (chance: Chance, least: number, most: number): number =>
	least + Math.floor(chance() * (most - least + 1));
