import { z } from 'zod';
import { backendSchema } from './backend-schema.ts';
import { field } from './field.ts';
import { conversationMemory, memoryCompression, memoryRecording, persistentMemory } from './team-schema.ts';

const flag = z.boolean();
const unread = (what: string) => ({ ignored: what });

/** What channels and people remember, in the main file. Keys that MassGen has, too, mean the same. */
export const memoryFileSchema = z
	.looseObject({
		enabled: field(flag, 'Whether anything is remembered beyond a conversation. Default no.'),
		backend: field(
			backendSchema,
			'The model that makes memories of a finished run. Default: the cheapest that is configured.',
		),
		embedder: field(
			z.enum(['auto', 'local', 'openai']),
			'What finds memories by their meaning. `local` needs no network and knows English best; `openai` needs OPENAI_API_KEY. Default auto: openai when there is its key, else local.',
		),
		embedding_model: field(
			z.string().min(1),
			'A model of OpenAI for `embedder: openai`. Default text-embedding-3-small.',
		),
		max_memories: field(
			z.number().int().min(10).max(20_000),
			'Most memories of a channel, a thread or a person; what was not used for longest goes. Default 2000.',
		),
		retention_days: field(
			z.number().int().min(0).max(36_500),
			'How long a memory is kept, in days; 0: for good. A channel may choose another. Default 365.',
		),
		retrieval: field(
			z.looseObject({
				limit: field(z.number().int().positive().max(50), 'Most memories that a run is given. Default 8.'),
				timeout_seconds: field(
					z.number().positive().max(60),
					'How long a question waits for its memories; it is answered without them then. Default 3.',
				),
				exclude_recent: field(flag, 'Not read.', unread('what the conversation itself has said is never repeated')),
			}),
			'What is recalled.',
		),
		persistent_memory: field(
			persistentMemory,
			'Only `enabled` counts: false turns the memory off. Memories are kept where runs are, without Qdrant.',
		),
		conversation_memory: field(conversationMemory, 'Not read.', unread('a thread is a conversation of itself')),
		compression: field(memoryCompression, 'Not read.', unread('compression is not supported yet')),
		recording: field(memoryRecording, 'Not read.', unread('the question and the final answer are what is learned of')),
	})
	.meta({ id: 'ChannelMemory' });
export type MemoryFile = z.infer<typeof memoryFileSchema>;
