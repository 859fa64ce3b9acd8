import { anthropic } from './anthropic.ts';
import { gemini } from './gemini.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';
import type { Protocol } from './reply.ts';

export const protocols: readonly Protocol[] = [openaiChat, openaiResponses, anthropic, gemini];
