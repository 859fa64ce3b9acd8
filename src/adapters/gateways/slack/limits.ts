/**
 * Slack's limits, all counted in UTF-16 code units: that is never less than Slack counts. Where Slack's own sources
 * differ, the smaller figure stands.
 */

/** Blocks of one message. https://docs.slack.dev/reference/block-kit/blocks */
export const MAX_BLOCKS = 50;
/**
 * Characters of all blocks of one message that we allow ourselves. Slack answers `msg_blocks_too_long` from about
 * 13,200 on; observed, https://github.com/slackapi/bolt-js/issues/2509
 */
export const BLOCKS_BUDGET = 11_500;
/** https://docs.slack.dev/reference/block-kit/blocks/header-block */
export const MAX_HEADER = 150;
/** https://docs.slack.dev/reference/block-kit/blocks/section-block */
export const MAX_SECTION = 3000;
/** Of one text of a context block; Slack names no figure, it takes what a section takes. */
export const MAX_CONTEXT_TEXT = 3000;
/** All markdown blocks of one message. https://docs.slack.dev/reference/block-kit/blocks/markdown-block */
export const MAX_MARKDOWN = 12_000;
/** `text` of `chat.update`; `chat.postMessage` takes more. https://docs.slack.dev/reference/methods/chat.update */
export const MAX_TEXT = 4000;
/** https://docs.slack.dev/reference/block-kit/block-elements/button-element */
export const MAX_BUTTON_TEXT = 75;
export const MAX_ACCESSIBILITY_LABEL = 75;
/** Buttons of one actions block. https://docs.slack.dev/reference/block-kit/blocks/actions-block */
export const MAX_ACTIONS = 25;
/** Tasks of a plan. Slack names no figure; a message of streams takes 50. */
export const MAX_TASKS = 50;

/** https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block */
export const MAX_CHART_TITLE = 50;
export const MAX_CHART_LABEL = 20;
export const MAX_CHART_CATEGORIES = 20;
/** With the header. https://docs.slack.dev/reference/block-kit/blocks/table-block */
export const MAX_TABLE_ROWS = 100;

/** A stream dies about 5 minutes after it was begun, observed, https://github.com/vercel/chat/issues/607 */
export const STREAM_LIFE_MS = 240_000;

/** https://docs.slack.dev/reference/methods/files.getUploadURLExternal: 1 GB */
export const MAX_FILE_BYTES = 1_000_000_000;

/**
 * Files of a result. Slack takes more and larger ones (10 in a message are observed); all of them are in memory while
 * they are uploaded.
 */
export const RESULT_FILES = { count: 10, each: 50_000_000, all: 50_000_000 } as const;

/** How often something may be done: a burst at once, then so many a minute. Never more than both in any minute. */
export interface Pace {
	perMinute: number;
	burst: number;
}

/**
 * Messages of one channel: one a second, https://docs.slack.dev/apis/web-api/rate-limits, and a tenth less, because
 * one request may travel faster than the one before it.
 */
export const POST_PACE: Pace = { perMinute: 54, burst: 1 };
/**
 * Calls of one method in one workspace. Slack promises 20, 50 and 100 a minute (the same page); some are left to
 * whatever else the app does.
 */
export const TIER_2_PACE: Pace = { perMinute: 14, burst: 4 };
export const TIER_3_PACE: Pace = { perMinute: 40, burst: 8 };
export const TIER_4_PACE: Pace = { perMinute: 80, burst: 10 };
/** What is waited after a refusal for haste that does not say how long, in ms. */
export const UNSAID_WAIT_MS = 30_000;
/** How long one call may take, in ms. The SDK has no limit of its own. */
export const CALL_TIMEOUT_MS = 15_000;

/** Shortest time between two edits of one message in ms, and how much longer it is for each run that is going. */
export const EDIT_INTERVAL_MS = 2000;
export const EDIT_INTERVAL_PER_RUN_MS = 1500;

/**
 * Markdown of one message: what stands above and below it fits into the budget too. A stream takes about 12,000
 * characters in all, observed, https://github.com/vercel/chat/issues/601
 */
export const MARKDOWN_PART = 9500;
/** What is shown of an answer that does not fit into one message and is attached as a file. */
export const SHORTENED = 3000;

/** Title and buttons of a modal. https://docs.slack.dev/reference/views/modal-views */
export const MAX_VIEW_TITLE = 24;
/** What a person may type into a form. https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element */
export const MAX_INPUT = 3000;
/** Label of an input; Slack takes more, nobody reads more. https://docs.slack.dev/reference/block-kit/blocks/input-block */
export const MAX_INPUT_LABEL = 150;
/** Text and value of an option, and options of a menu. https://docs.slack.dev/reference/block-kit/composition-objects/option-object */
export const MAX_OPTION = 75;
export const MAX_OPTIONS = 100;
/** https://docs.slack.dev/reference/block-kit/block-elements/file-input-element */
export const MAX_FILES_IN = 10;
