import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { decodeSessionId } from '../../../../../src/core/session-id.ts';
import { pageAt } from '../../../../support/page.ts';
import { DEPUTY, LOOKER, type ServedApp, servedApp, TOKEN } from './served-app.ts';

const clientOf = ({ url }: Pick<ServedApp, 'url'>, apiKey = TOKEN) =>
	new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 2 });

const ask = (content: string): OpenAI.ChatCompletionMessageParam[] => [{ role: 'user', content }];
const ANSWER = 'The moon and the sun do it, as all of us think.';
const started = ({ events }: ServedApp) => events.flatMap((event) => (event.type === 'run_started' ? [event] : []));

/** The default one first. */
const NAMES = ['duo', 'broken', 'endless', 'clerk'];

describe('an OpenAI client', () => {
	it('finds the teams as models', async () => {
		const { data } = await clientOf(await servedApp()).models.list();
		expect(data.map(({ id }) => id)).toEqual(['massgen', ...NAMES.map((name) => `massgen/${name}`)]);
	});

	it('is answered by a team, and the run is an ordinary one that the page shows', async () => {
		const world = await servedApp();
		const completion = await clientOf(world).chat.completions.create({
			model: 'massgen/duo',
			messages: ask('Why tides?'),
		});
		expect(completion).toMatchObject({
			object: 'chat.completion',
			model: 'massgen/duo',
			choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: ANSWER } }],
			massgen: { team: 'duo', outcome: 'answered', votes: [{ votes: 2 }, { votes: 0 }] },
		});
		const [start] = started(world);
		expect(start).toMatchObject({ question: 'Why tides?', askedBy: 'build-bot' });
		const [thread] = await pageAt(world.url).threads();
		expect(thread).toMatchObject({ title: 'Why tides?', state: 'finished' });
		const { massgen } = completion as unknown as { massgen: { url: string } };
		expect(massgen.url).toBe(`${world.url}/t/${thread?.id}`);
		const shown = JSON.stringify(await pageAt(world.url).thread(thread?.id ?? ''));
		expect(shown).toContain(ANSWER);
		expect(world.problems).toEqual([]);
	});

	it('reads the answer as it is written, and how far the team has got', async () => {
		const world = await servedApp();
		const stream = await clientOf(world).chat.completions.create({
			...{ model: 'massgen', messages: ask('Why tides?'), stream: true },
			stream_options: { include_usage: true },
		});
		const texts: string[] = [];
		const phases = new Set<string>();
		let last: OpenAI.ChatCompletionChunk | undefined;
		for await (const chunk of stream) {
			const text = chunk.choices[0]?.delta.content ?? '';
			if (text !== '') texts.push(text);
			const { massgen_progress } = chunk as { massgen_progress?: { phase: string } };
			if (massgen_progress !== undefined) phases.add(massgen_progress.phase);
			last = chunk;
		}
		expect(texts.join('')).toBe(ANSWER);
		expect(texts.length).toBeGreaterThan(1);
		expect([...phases].at(-1)).toBe('finished');
		expect(phases).toContain('presenting');
		expect(last).toMatchObject({ choices: [] });
	});

	it('goes on with a conversation that it names, and no other client gets into it', async () => {
		const world = await servedApp();
		const client = clientOf(world);
		const metadata = { session: 'release' };
		await client.chat.completions.create({ model: 'massgen', messages: ask('One?'), metadata });
		const messages: OpenAI.ChatCompletionMessageParam[] = [
			...ask('One?'),
			{ role: 'assistant', content: ANSWER },
			...ask('Two?'),
		];
		await client.chat.completions.create({ model: 'massgen', messages, metadata });
		await client.chat.completions.create({ model: 'massgen', messages });
		const [one, two, other] = started(world);
		expect(two).toMatchObject({ session: one?.session, question: 'Two?' });
		expect(other?.session).not.toBe(one?.session);
		expect(other?.question).toMatchInlineSnapshot(`
			"The conversation so far:

			<message>
			One?
			</message>
			<answer>
			The moon and the sun do it, as all of us think.
			</answer>

			The newest message, which is to be answered:

			Two?"
		`);
		expect(decodeSessionId(one?.session ?? '')).toMatchObject({ platform: 'api', channel: 'build-bot' });
	});

	it('is told what is wrong, as its own errors', async () => {
		const world = await servedApp();
		const client = clientOf(world);
		const errorOf = (request: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming>, by = client) =>
			by.chat.completions.create({ model: 'massgen/duo', messages: ask('Why?'), ...request }).then(
				() => null,
				(error: InstanceType<typeof OpenAI.APIError>) => ({
					status: error.status,
					code: error.code,
					message: error.message,
				}),
			);
		expect(await errorOf({ model: 'massgen/nobody' })).toMatchObject({ status: 404, code: 'model_not_found' });
		expect(await errorOf({}, clientOf(world, 'a-token-that-nobody-has'))).toMatchObject({
			status: 401,
			code: 'invalid_api_key',
		});
		expect(await errorOf({}, clientOf(world, LOOKER))).toMatchObject({ status: 403, code: 'not_permitted' });
		expect(await errorOf({ n: 2 })).toMatchObject({ status: 400, code: 'unsupported' });
		expect(await errorOf({ messages: [] })).toMatchObject({ status: 400, code: 'input_invalid' });
		expect(await errorOf({ messages: ask(' ') })).toMatchObject({ status: 400, code: 'no_question' });
		expect(started(world)).toEqual([]);
		expect(await errorOf({ model: 'massgen/broken' })).toMatchObject({
			...{ status: 502, code: 'no_answer' },
			message: expect.stringContaining('The key was refused.'),
		});
		// Nothing was tried again: each run costs money.
		expect(started(world)).toHaveLength(1);
		const streamed = await client.chat.completions.create({
			model: 'massgen/broken',
			messages: ask('Why?'),
			stream: true,
		});
		const read = async () => {
			for await (const chunk of streamed) expect(chunk.object).toBe('chat.completion.chunk');
		};
		await expect(read()).rejects.toMatchObject({ code: 'no_answer' });
	});

	it('asks once under an Idempotency-Key, which another client may use for a question of its own', async () => {
		const world = await servedApp();
		const keyed = (content: string, key: string) =>
			clientOf(world, key).chat.completions.create(
				{ model: 'massgen/duo', messages: ask(content) },
				{ headers: { 'idempotency-key': 'today' } },
			);
		const runs = await Promise.all([
			keyed('Why tides?', TOKEN),
			keyed('Why tides?', TOKEN),
			keyed('Why rain?', DEPUTY),
		]);
		expect(new Set(runs.map((run) => (run as unknown as { massgen: { run: string } }).massgen.run)).size).toBe(2);
		expect(
			started(world)
				.map(({ question }) => question)
				.sort(),
		).toEqual(['Why rain?', 'Why tides?']);
	});

	it.each([true, false])('stops the run when it leaves (streaming: %s)', async (stream) => {
		const world = await servedApp();
		const leaving = new AbortController();
		const request = { model: 'massgen/endless', messages: ask('Why?'), stream };
		const asked = clientOf(world).chat.completions.create(request, { signal: leaving.signal });
		const ended = asked.then(async (answer) => {
			if (Symbol.asyncIterator in answer) for await (const _ of answer) leaving.signal.throwIfAborted();
		});
		ended.catch(() => {});
		await world.seen(({ type }) => type === 'agent_started');
		leaving.abort();
		await world.seen(({ type }) => type === 'run_finished');
		expect(world.events).toContainEqual(expect.objectContaining({ type: 'stop_requested', by: 'build-bot' }));
		expect(world.problems).toEqual([]);
	});

	it('finds nothing where no client is named', async () => {
		const world = await servedApp({ access: '' });
		const error = await clientOf(world)
			.models.list()
			.catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ status: 404, code: 'not_served', message: expect.stringContaining('access.yaml') });
	});
});
