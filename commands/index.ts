import type { Command } from '../src/core/command.ts';
import { approvals } from './approvals.ts';
import { ask } from './ask.ts';
import { help } from './help.ts';
import { memory } from './memory.ts';
import { policy } from './policy.ts';
import { rate } from './rate.ts';
import { resume } from './resume.ts';
import { retry } from './retry.ts';
import { roles } from './roles.ts';
import { sessions } from './sessions.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { teams } from './teams.ts';
import { tools } from './tools.ts';
import { why } from './why.ts';

/** Every slash command, in the order of the help text. */
export const commands: readonly Command[] = [
	ask,
	stop,
	status,
	sessions,
	retry,
	why,
	rate,
	teams,
	tools,
	approvals,
	policy,
	memory,
	roles,
	help,
	resume,
];
