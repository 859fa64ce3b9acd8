/** Keys that are refused with advice, wherever they stand: MassGen's first version, and two that MassGen refuses. */
export const retiredKeys: ReadonlyMap<string, string> = new Map([
	['models', v1('write one entry per model under `agents`, each with `backend: {type: ..., model: ...}`')],
	['model_configs', v1('move each entry to `agents[].backend`')],
	['num_agents', v1('write that many entries under `agents`')],
	['max_rounds', v1('write `orchestrator.max_new_answers_per_agent` to limit the rounds')],
	[
		'consensus_threshold',
		v1('remove it: the most votes win; `orchestrator.voting_sensitivity` says how readily agents vote'),
	],
	[
		'voting_enabled',
		v1('remove it: agents always vote; `orchestrator.skip_coordination_rounds: true` leaves the vote out'),
	],
	[
		'enable_voting',
		v1('remove it: agents always vote; `orchestrator.skip_coordination_rounds: true` leaves the vote out'),
	],
	['system_prompt', 'not allowed in a backend; write `system_message` beside `backend`'],
	['append_system_prompt', 'not allowed in a backend; write `system_message` beside `backend`'],
]);

function v1(migration: string): string {
	return `this key belongs to the old V1 format. To migrate, ${migration}`;
}
