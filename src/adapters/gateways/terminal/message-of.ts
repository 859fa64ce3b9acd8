import type { ThreadMessage } from '../../../core/gateway.ts';

export type Message<Type extends ThreadMessage['type']> = Extract<ThreadMessage, { type: Type }>;
