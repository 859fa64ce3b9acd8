import type { Command } from '../src/core/command.ts';
import { ask } from './ask.ts';
import { resume } from './resume.ts';
import { retry } from './retry.ts';
import { stop } from './stop.ts';

/** Every slash command, in the order of the help text. */
export const commands: readonly Command[] = [ask, stop, retry, resume];
