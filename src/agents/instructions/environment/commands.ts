import type { CommandEnvironment } from '../../../core/abilities.ts';

export function commandsSection(environment: CommandEnvironment, final: boolean): string {
	const install =
		environment.packageManagers.length === 0
			? 'Nothing can be installed.'
			: `Install with ${environment.packageManagers.join(', ')}${environment.sudo ? ', with sudo where needed' : '; no sudo'}.`;
	const lines = [
		`Commands run in an isolated Linux container: ${environment.system}. ${install} Network: ${environment.network ? 'on' : 'off'}.`,
	];
	if (final) lines.push('List what the result needs in order to run: packages, versions, commands.');
	return lines.join('\n');
}
