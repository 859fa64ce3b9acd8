export function planningSection(): string {
	return `The team is still planning. Do not send, publish, delete, buy or change anything outside your workspace: write which tools you would use, with which arguments, and what they would do. Reading is fine. Only the final presenter acts.`;
}
