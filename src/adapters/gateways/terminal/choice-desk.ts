import type { MessageOf } from '../../../core/gateway.ts';
import { askChoice } from './ask-choice.ts';
import type { LineReader } from './line-reader.ts';
import type { Painter } from './painter.ts';

/** Puts each tie to the person once, and takes the question back when it is settled otherwise. */
export interface ChoiceDesk {
	/** Looks whether a choice has to be asked, or an asked one is over. */
	look(): void;
	/** Takes an open question back. */
	end(): void;
	isBusy(): boolean;
}

export interface ChoiceDeskOptions {
	reader: LineReader;
	painter: Painter;
	choose(choice: MessageOf<'choice'>, agent: string): Promise<void>;
	complain(thrown: unknown): void;
}

export function createChoiceDesk({ reader, painter, choose, complain }: ChoiceDeskOptions): ChoiceDesk {
	const asked = new Set<string>();
	let open: { name: string; end: AbortController } | null = null;

	async function ask(choice: MessageOf<'choice'>, { signal }: AbortController): Promise<void> {
		painter.hide(true);
		try {
			const page = painter.page();
			const slots = painter.thread()?.slots() ?? [];
			const agent = await askChoice({
				candidates: choice.candidates,
				slots,
				page,
				reader,
				print: painter.print,
				signal,
			});
			if (agent !== null) await choose(choice, agent);
			else painter.print(['', ` ${page.say(signal.aborted ? 'choice.over' : 'choice.left')}`]);
		} catch (thrown) {
			complain(thrown);
		} finally {
			open = null;
			painter.hide(false);
		}
	}

	return {
		look() {
			const choice = painter.thread()?.openChoice() ?? null;
			const name = choice === null ? null : `${choice.run} ${choice.key}`;
			if (open !== null && open.name !== name) open.end.abort();
			if (choice === null || name === null || open !== null || asked.has(name)) return;
			asked.add(name);
			open = { name, end: new AbortController() };
			void ask(choice, open.end);
		},
		end: () => open?.end.abort(),
		isBusy: () => open !== null,
	};
}
