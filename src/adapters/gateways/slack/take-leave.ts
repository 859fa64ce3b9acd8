import { z } from 'zod';
import { sleep } from '../../../core/clock.ts';
import type { SlackDesk } from './slack-desk.ts';
import { PLATFORM } from './visit.ts';

const revokedSchema = z.object({ tokens: z.object({ bot: z.array(z.string()).nullish() }) });

/** Whether a `tokens_revoked` event is about the token of the app itself; the users' own are none of ours. */
export const isOwnToken = (event: unknown): boolean =>
	(revokedSchema.safeParse(event).data?.tokens.bot ?? []).length > 0;

/** What waited behind a stopped run begins when that has ended: it is looked for after this time, in milliseconds. */
const LOOK_AGAIN_MS = 2000;

/** The app was taken out of a workspace: its token is deleted, and its runs are stopped, for nobody sees them. */
export async function takeLeave(desk: SlackDesk, team: string, id: string): Promise<void> {
	await desk.workspaces.forget(team);
	for (let round = 1; ; round += 1) {
		const running = await runningIn(desk, team);
		if (running.length === 0) return;
		for (const session of running) await stop(desk, team, session, `${id}+${round}+${session}`);
		await sleep(desk.clock, LOOK_AGAIN_MS, desk.signal);
	}
}

async function runningIn(desk: SlackDesk, team: string): Promise<string[]> {
	const running: string[] = [];
	for (let before: string | undefined; ; ) {
		const page = await desk.host.threads(PLATFORM, team, { limit: 100, ...(before === undefined ? {} : { before }) });
		running.push(...page.filter(({ state }) => state === 'running').map(({ session }) => session));
		before = page.at(-1)?.session;
		if (page.length < 100 || before === undefined) return running;
	}
}

async function stop({ host }: SlackDesk, team: string, session: string, id: string): Promise<void> {
	const principal = { platform: PLATFORM, tenant: team, user: 'USLACKBOT', roles: null, kind: 'platform' as const };
	await host.receive({ type: 'command', id, principal, session, name: 'stop', options: {} });
}
