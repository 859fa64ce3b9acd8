import { z } from 'zod';

export const taskStatusSchema = z.enum(['pending', 'in_progress', 'completed', 'blocked']);
export type TaskStatus = z.infer<typeof taskStatusSchema>;

/** One entry of an agent's task plan. What a model wrote: foreign text, in one line. */
export const plannedTaskSchema = z.object({
	/** Unique in its plan: letters, digits, `_` and `-`. */
	id: z.string(),
	description: z.string(),
	status: taskStatusSchema,
	/** Ids of the tasks that must be completed first. Never a cycle. */
	dependsOn: z.array(z.string()),
});
export type PlannedTask = z.infer<typeof plannedTaskSchema>;
