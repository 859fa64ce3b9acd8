import type { Control } from '../shared/controls.ts';

/** A Block Kit block, JSON. https://docs.slack.dev/reference/block-kit/blocks */
export interface SlackBlock {
	readonly type: string;
	readonly [field: string]: unknown;
}

/** A file: a text, or what is kept under an id and read when it is posted. */
export type SlackFileBody = { name: string; content: string } | { name: string; kept: string };

/** One message in Slack's form, JSON and compared by value. What `renderSlack` makes and the poster sends. */
export type SlackBody =
	| {
			type: 'message';
			/** What notifications and screen readers get: it says the same as the blocks. */
			text: string;
			blocks: readonly SlackBlock[];
			/** The same in blocks of the oldest kind, buttons included, for when Slack does not take `blocks`. */
			plainBlocks: readonly SlackBlock[];
			/** What its buttons do. A running board has `stop`. */
			controls: readonly Control[];
	  }
	/** A text that is being written: each later one begins with what the one before said, unless it was replaced. */
	| {
			type: 'stream';
			markdown: string;
			/** Nothing will be added to this message. */
			isDone: boolean;
			/** For where nothing can be streamed: what notifications get. */
			text: string;
	  }
	| {
			type: 'file';
			/** At least one; they are in one message. */
			files: readonly SlackFileBody[];
			/** What the message is found again by in its thread: the name of a file, or a part of `text`. */
			mark: string;
			/** Stands above them. */
			text: string;
			/** Stands there when Slack does not take them. */
			instead: string;
	  };
