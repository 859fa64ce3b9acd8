/** What file tools answer, in words for the model. */
export const fileTexts = {
	written: (name: string, bytes: number, existed: boolean) =>
		`${existed ? 'Replaced' : 'Wrote'} ${name}: ${bytes} bytes.`,
	edited: (name: string, times: number) => `Edited ${name}: ${times} ${times === 1 ? 'place' : 'places'}.`,
	made: (name: string) => `${name} is there.`,
	moved: (from: string, to: string) => `Moved ${from} to ${to}.`,
	copied: (from: string, to: string, files: number, left: number) =>
		`Copied ${from} to ${to}: ${counted(files, 'file')}.${left === 0 ? '' : ` ${counted(left, 'thing')} left out: only files and folders are copied, no links.`}`,
	deleted: (name: string) => `Deleted ${name}.`,
	empty: (name: string) => `${name} is empty.`,
	emptyFolder: (name: string) => `There is nothing in ${name}.`,
	part: (name: string, from: number, to: number, of: number) =>
		`Lines ${from} to ${to} of ${of} of ${name}:${to < of ? ` (the rest from line ${to + 1})` : ''}`,
	beyond: (name: string, lines: number) => `${name} has ${counted(lines, 'line')} only.`,
	unseen: 'Characters that are not seen were left out of this.',
	cut: 'There is more. Look into a part of it.',
	nothingFound: (pattern: string, name: string) => `Nothing in ${name} matches ${pattern}.`,
	noText: (name: string, bytes: number) =>
		`${name} is not a text: ${bytes} bytes that are not UTF-8. Use it by its path.`,
	tooLarge: (name: string, bytes: number, most: number) =>
		`${name} was not read: it has ${bytes} bytes, and at most ${most} can be read. Find the part with search_text.`,
	noMatch: (name: string) =>
		`${name} was not changed: old_text is not in it. Read it again and copy the piece exactly, spaces included.`,
	manyMatches: (name: string, times: number) =>
		`${name} was not changed: old_text is in it ${times} times. Take a longer piece, or set all.`,
	readOnly: (name: string) =>
		`${name} cannot be changed: its folder is read-only to you. Copy it into your own folder.`,
	guarded: (name: string) => `${name} is protected and stays as it is.`,
	noProject: (folder: string, known: readonly string[]) =>
		`${folder} is not a project folder that you may change. ${known.length === 0 ? 'There is none.' : `There is ${known.join(', ')}.`}`,
	noChanges: (folder: string) => `You have changed nothing in ${folder} that may be written.`,
	otherDiff: (folder: string) =>
		`Nothing was written: diff is not what has changed in ${folder}. Call show_changes and send its result as it is.`,
	longDiff: (most: number) => `The diff has more than ${most} characters. Name fewer files with paths.`,
	applied: (folder: string, paths: readonly string[]) =>
		`Written to the project of ${folder}: ${paths.length === 0 ? 'nothing' : paths.join(', ')}.`,
	root: (name: string) => `${name} is one of the folders themselves, which stay.`,
	unread: (name: string, files: readonly string[], more: number) =>
		`${name} was not deleted: you have neither made nor read ${files.join(', ')}${more === 0 ? '' : ` and ${more} more`}. Read what you want to delete first.`,
	badPattern: (complaint: string) => `The pattern cannot be used: ${complaint}`,
	badInput: (tool: string, problem: string) => `The arguments of ${tool} are not right. ${problem}`,
	stopped: (tool: string) => `${tool} was stopped before it had ended.`,
	full: (what: 'bytes' | 'files', limits: { bytes: number; files: number }) =>
		what === 'files'
			? `Your folder is full: it holds at most ${limits.files} files and folders. Delete some, then try again.`
			: `Your folder is full: it holds at most ${Math.round(limits.bytes / 2 ** 20)} MiB. Delete something, then try again.`,
	refused: (name: string, code: string) => `${name}: ${REASONS[code] ?? `the file system says ${code}`}.`,
} as const;

const REASONS: Readonly<Record<string, string>> = {
	ENOENT: 'there is nothing of this name',
	ENOTDIR: 'a part of the path is a file or a link, not a folder; links are not followed',
	ELOOP: 'it is a link, and links are not followed',
	EISDIR: 'it is a folder',
	EEXIST: 'there is something of this name already',
	EROFS: 'its folder is read-only to you',
	EACCES: 'its permissions do not allow that',
	EPERM: 'its permissions do not allow that',
	EXDEV: 'that leads from one folder into another',
	ENAMETOOLONG: 'the path is too long',
	ESPECIAL: 'it is neither a file nor a folder (a link, a pipe or a device), and is not touched',
	EFBIG: 'it is too large',
	ECHANGED: 'it has been changed meanwhile; read it again',
	EINSIDE: 'a folder cannot go into itself',
	EDEEP: 'it is too many folders deep',
	EPATH: 'it is no path in a folder',
};

const counted = (count: number, what: string) => `${count} ${count === 1 ? what : `${what}s`}`;
