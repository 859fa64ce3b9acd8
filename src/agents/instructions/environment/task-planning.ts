export function taskPlanningSection(): string {
	return `Break work of several steps into a task plan early. Record what depends on what, and set each status as soon as it changes. End the answer with the list of tasks, ✓ for done and ✗ for not done.`;
}
