import type { Command } from '../src/core/command.ts';
import { ask } from './ask.ts';
import { resume } from './resume.ts';

/** Every slash command, in the order of the help text. */
export const commands: readonly Command[] = [ask, resume];
