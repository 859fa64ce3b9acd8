import type { ThreadMessage } from '../../../core/gateway.ts';

export type MessageOf<Type extends ThreadMessage['type']> = Extract<ThreadMessage, { type: Type }>;
