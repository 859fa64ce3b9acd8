import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createMemoryStore } from '../../src/adapters/stores/memory.ts';
import { openWatch } from '../../src/app/watch.ts';
import { type App, createApp } from '../../src/app.ts';
import type { Store } from '../../src/core/store.ts';
import { systemClock } from '../../src/system-clock.ts';
import { temporaryFolder } from '../support/command.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { seriesIn } from '../support/metrics-text.ts';
import { isFinal, pageAt } from '../support/page.ts';
import { strictEnglish } from '../support/say.ts';

/** The program with its page on a free port, over a store of the test. */
async function started(env: Record<string, string> = {}, store: Store = createMemoryStore()): Promise<App> {
	const { path, remove } = await temporaryFolder();
	const app = await createApp({
		...{ file: 'tests/e2e/fixtures/page.yaml', flags: { dataDir: join(path, 'data') }, cwd: process.cwd() },
		...{ env: { PORT: '0', ...env }, terminal: null, web: true, chats: true },
		...{ observe: () => {}, onProblem: () => {}, clock: systemClock, openStore: async () => store },
	});
	onTestFinished(async () => {
		await app.close();
		await remove();
	});
	await app.listen();
	return app;
}

const addressOf = (app: App) => app.web?.address() ?? '';
const get = (app: App, path: string, headers: Record<string, string> = {}) =>
	fetch(`${addressOf(app)}${path}`, { headers });
const textOf = async (app: App) => (await get(app, '/metrics')).text();

it('what happens is counted, and read at /metrics', async () => {
	const app = await started();
	const page = pageAt(addressOf(app));
	await page.until(await page.ask('Is it counted?'), isFinal);
	const text = await textOf(app);
	const value = (series: string) => seriesIn(text, series);
	expect(value('massgen_runs_started_total{team="calm"}')).toBe(1);
	expect(value('massgen_runs_finished_total{team="calm",outcome="answered"}')).toBe(1);
	const chat = 'gen_ai_operation_name="chat",gen_ai_provider_name="scripted",gen_ai_request_model="scripted"';
	expect(value(`gen_ai_client_inference_duration_seconds_count{${chat}}`)).toBe(5);
	// The presentation is written at 60 tokens a second.
	expect(value(`gen_ai_client_inference_duration_seconds_sum{${chat}}`)).toBeGreaterThan(0.05);
	expect(value(`gen_ai_client_inference_time_to_first_chunk_seconds_count{${chat}}`)).toBe(5);
	expect(value('massgen_store_commits_total{result="done"}')).toBeGreaterThan(5);
	expect(value('massgen_platform_posts_total{platform="web",operation="post",result="done"}')).toBeGreaterThan(3);
	expect(value('nodejs_heap_size_used_bytes')).toBeGreaterThan(1e6);
	expect(value('nodejs_eventloop_lag_seconds{quantile="p99"}')).toBeGreaterThanOrEqual(0);
	expect(value('massgen_runs_active{state="working"}')).toBe(0);
});

it('lets what is asked beyond the limit wait in its thread, and answers it', async () => {
	const app = await started({ MAX_RUNS: '1' });
	const page = pageAt(addressOf(app));
	const asked = await page.post('/api/threads', { question: 'First?', team: 'slow' });
	const { id: first } = (await asked.json()) as { id: string };
	const second = await page.ask('Second?');
	expect(await page.thread(second)).toMatchObject([
		{ run: null, message: { type: 'queue', waiting: [{ position: 1, question: 'Second?' }] } },
	]);
	expect(await page.threads()).toMatchObject([
		{ id: second, state: 'running' },
		{ id: first, state: 'running' },
	]);
	expect(seriesIn(await textOf(app), 'massgen_runs_queued')).toBe(1);
	await page.post(`/api/threads/${first}/stop`);
	await page.until(second, isFinal);
	expect(isFinal(await page.thread(first))).toBe(true);
	const text = await textOf(app);
	expect([seriesIn(text, 'massgen_runs_queued'), seriesIn(text, 'massgen_run_queue_wait_seconds_count')]).toEqual([
		0, 1,
	]);
});

it('is ready only while its store answers and its platforms are connected, and says what is wrong', async () => {
	const store = createMemoryStore();
	let isAway = false;
	const read = store.get;
	const shaky: Store = { ...store, get: async (...of) => (isAway ? Promise.reject(new Error('away')) : read(...of)) };
	const alone = await started({}, shaky);
	const ready = await get(alone, '/readyz');
	expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }]);
	isAway = true;
	const away = await get(alone, '/readyz');
	expect([away.status, await away.json()]).toEqual([503, { status: 'not ready', problems: ['store not reachable'] }]);
	expect((await get(alone, '/healthz')).status).toBe(200);

	const chatting = await started({ DISCORD_TOKEN: 'none-yet', DISCORD_API_URL: 'http://127.0.0.1:9' });
	const joining = await get(chatting, '/readyz');
	expect([joining.status, await joining.json()]).toMatchObject([503, { problems: ['discord not connected'] }]);
});

it('counts a store that does not answer in time as away, and tells while it ends that nothing new should come', async () => {
	const clock = createManualClock();
	const watch = await openWatch({
		clock,
		version: '1',
		telemetry: null,
		say: await strictEnglish(),
		onProblem: () => {},
	});
	onTestFinished(() => watch.stop());
	watch.store({ ...createMemoryStore(), get: () => new Promise(() => {}) });
	watch.drain();
	const problems = watch.problems();
	await clock.advance(2_000);
	expect(await problems).toEqual(['draining', 'store not reachable']);
});

it('shows metrics to programs of this machine alone, or to who knows the token', async () => {
	const open = await started();
	expect((await get(open, '/metrics')).status).toBe(200);
	for (const forwarded of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip']) {
		const refused = await get(open, '/metrics', { [forwarded]: '203.0.113.7' });
		expect([refused.status, await refused.json()]).toMatchObject([403, { error: { code: 'metrics_refused' } }]);
	}
	const closed = await started({ METRICS_TOKEN: 'a long random text' });
	expect((await get(closed, '/metrics')).status).toBe(403);
	expect((await get(closed, '/metrics', { authorization: 'Bearer another text' })).status).toBe(403);
	const allowed = await get(closed, '/metrics', { authorization: 'Bearer a long random text' });
	expect(allowed.status).toBe(200);
	expect(allowed.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
});
