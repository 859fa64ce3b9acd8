export function fileSearchSection(): string {
	return 'Search text with ripgrep (`rg`) and the structure of code with ast-grep (`sg`), not with grep, find or by reading whole trees.';
}
