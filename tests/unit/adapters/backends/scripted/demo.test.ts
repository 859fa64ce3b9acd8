import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { createScriptedBackend } from '../../../../../src/adapters/backends/scripted.ts';
import { createModelAgent } from '../../../../../src/agents/loop.ts';
import type { Agent, AgentEvent, SeenAnswer, Turn } from '../../../../../src/core/agent.ts';
import type { Clock } from '../../../../../src/core/clock.ts';
import { openGate } from '../../../../support/open-gate.ts';
import { createJumpingClock } from '../../../agents/clocks.ts';
import { answerTurn, evaluateTurn, eventsOf, presentTurn, seen } from '../../../agents/turns.ts';
import { scriptedSettings } from './settings.ts';

const fileSchema = z.object({
	agents: z.array(z.object({ id: z.string(), system_message: z.string(), backend: z.object({ script: z.unknown() }) })),
});

interface Player {
	id: string;
	agent: Agent;
	clock: Clock;
}

const question = 'Should we move to the sea?';
let players: Player[] = [];

beforeAll(async () => {
	const file = fileSchema.parse(parse(readFileSync('config/teams/demo.yaml', 'utf8')));
	players = await Promise.all(
		file.agents.map(async ({ id, system_message: systemMessage, backend: { script } }) => {
			const clock = createJumpingClock();
			const backend = await createScriptedBackend(scriptedSettings(script), { clock, random: () => 0.5 });
			const agent = createModelAgent({
				gate: openGate,
				id,
				systemMessage,
				backend,
				toolsets: [],
				prices: { cost: () => null },
				clock,
			});
			return { id, agent, clock };
		}),
	);
});

async function ending(player: Player | undefined, turn: Turn): Promise<AgentEvent | undefined> {
	return player && (await eventsOf(player.agent.run(turn, new AbortController().signal))).at(-1);
}

const contentOf = (event: AgentEvent | undefined) => (event?.type === 'answered' ? event.content : '');

/** Milliseconds of scripted time that pass while all players take one turn at once. */
async function round(turn: Turn): Promise<{ endings: (AgentEvent | undefined)[]; ms: number }> {
	const before = players.map((player) => player.clock.now());
	const endings = await Promise.all(players.map((player) => ending(player, turn)));
	return { endings, ms: Math.max(...players.map((player, index) => player.clock.now() - (before[index] ?? 0))) };
}

it('plays one improvement, an agreement and an honest presentation in about eight seconds', async () => {
	const first = await round(answerTurn({ question }));
	const answers: SeenAnswer[] = first.endings.map((event, index) => seen(`agent${index + 1}`, contentOf(event)));
	expect(new Set(answers.map((answer) => answer.content)).size).toBe(3);
	for (const answer of answers) expect(answer.content).toContain(question);

	const votable = answers.map((answer) => answer.name);
	const second = await round(evaluateTurn({ question, answers, votable }));
	expect(second.endings.map((event) => event?.type)).toEqual(['voted', 'voted', 'answered']);
	expect(second.endings.slice(0, 2)).toMatchObject([{ target: 'agent1' }, { target: 'agent2' }]);

	const improved = answers.with(2, seen('agent3', contentOf(second.endings[2]), true));
	const third = await round(evaluateTurn({ question, answers: improved, votable }));
	expect(third.endings).toMatchObject([{ target: 'agent3' }, { target: 'agent3' }, { target: 'agent3' }]);

	const winner = players[2];
	const before = winner?.clock.now() ?? 0;
	const presented = contentOf(await ending(winner, presentTurn({ question, answers: improved, votes: 3, voters: 3 })));
	expect(presented).toContain('This is a demonstration. Three scripted agents');
	expect(presented).toContain(question);
	for (const way of ['export OPENAI_API_KEY=', 'ANTHROPIC_API_KEY', 'GEMINI_API_KEY', 'Ollama'])
		expect(presented).toContain(way);

	const total = first.ms + second.ms + third.ms + (winner?.clock.now() ?? 0) - before;
	expect(total).toBeGreaterThan(5000);
	expect(total).toBeLessThan(9000);
});

it('says that it is a demonstration when one agent answers directly, too', async () => {
	for (const player of players) {
		const text = contentOf(await ending(player, presentTurn({ question, answers: [], votes: 0, reasons: [] })));
		expect(text).toContain('This is a demonstration. A scripted agent');
		expect(text).toContain('export OPENAI_API_KEY=');
	}
});
