import type { REST } from 'discord.js';

/** Ends what a way to Discord does by itself again and again. */
export function stopTimers(rest: REST): void {
	rest.clearHandlerSweeper();
	rest.clearHashSweeper();
}
