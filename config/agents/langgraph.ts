import { appendFile } from 'node:fs/promises';
import { tool } from '@langchain/core/tools';
import { interrupt, MemorySaver, MessagesAnnotation, StateGraph } from '@langchain/langgraph';
import { ToolNode, toolsCondition } from '@langchain/langgraph/prebuilt';
import { ChatOpenAI } from '@langchain/openai';
import { z } from 'zod';

/** Asks first: what goes on from `interrupt` is what a person has approved, or false. */
const noteDecision = tool(
	async (input) => {
		const approved: unknown = interrupt({ action: 'note_decision', input });
		if (approved === false) return 'Not noted: nobody approved it.';
		await appendFile('decisions.md', `- ${z.object({ text: z.string() }).parse(approved).text}\n`);
		return 'Noted.';
	},
	{
		name: 'note_decision',
		description: 'Adds a line to decisions.md. Only when the user asks for it.',
		schema: z.object({ text: z.string() }),
	},
);

const model = new ChatOpenAI({
	model: process.env.OPENAI_MODEL ?? 'gpt-5.4-mini',
	configuration: { baseURL: process.env.OPENAI_BASE_URL },
	streaming: true,
}).bindTools([noteDecision]);

/** A graph whose state has `messages`. In memory it forgets its interrupts when the program ends. */
export const agent = new StateGraph(MessagesAnnotation)
	.addNode('model', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
	.addNode('tools', new ToolNode([noteDecision], { handleToolErrors: false }))
	.addEdge('__start__', 'model')
	.addConditionalEdges('model', toolsCondition)
	.addEdge('tools', 'model')
	.compile({ checkpointer: new MemorySaver() });
