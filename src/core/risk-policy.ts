import type { Risk } from './approval.ts';
import type { ToolEffects } from './tool.ts';

/** What one argument of a call must be for a rule to match. */
export type ArgumentTest =
	| { type: 'equals'; value: unknown }
	| { type: 'in'; values: readonly unknown[] }
	/** A regular expression that the whole text must match. */
	| { type: 'matches'; pattern: string }
	/** Whatever it is. */
	| { type: 'any' };

/** Which tools are meant; `*` stands for any characters, and null for any text. */
export interface ToolPattern {
	source: string | null;
	/** The name that models know, or the part of it after `source__`. */
	tool: string | null;
}

export interface PolicyRule extends ToolPattern {
	id: string;
	/** Null: whatever effects the tool has. */
	effects: readonly ToolEffects[] | null;
	/**
	 * By the path of an argument, with dots. Null: whatever the arguments are. An `allow` rule matches only when it names
	 * every argument of the call.
	 */
	arguments: ReadonlyMap<string, ArgumentTest> | null;
	verdict: 'deny' | 'ask' | 'allow';
	risk: Risk;
	/** How many people must approve; null: as many as the risk demands. */
	needed: number | null;
	/** What people read; empty: nothing but the rule's name. */
	text: string;
	/** The arguments that an approval for the whole run holds fixed; null: there is no such approval. */
	forRun: readonly string[] | null;
	/** Roles, a list for each group in turn; null: whoever has the permission. */
	approvers: readonly (readonly string[])[] | null;
	/** Null: as long as the risk allows. */
	waitMs: number | null;
}

/** What decides whether a call runs, waits for people or is refused. Data of `config/risk-policy.yaml`. */
export interface RiskPolicy {
	/** SHA-256, in hex, over all of it. */
	version: string;
	rules: readonly PolicyRule[];
	/** Risk of a call that no rule knows, by the effects of its tool. */
	external: Risk;
	irreversible: Risk;
	/** For runs that have read what anyone may have written. */
	taint: {
		/** Of a call that changes something outside. */
		risk: Risk;
		/** Of a call that only reads there, or reads private data. */
		reads: Risk;
		private: readonly ToolPattern[];
	};
	/** How many people must approve, by risk. */
	people: Readonly<Record<Risk, number>>;
	waitMs: Readonly<Record<Risk, number>>;
	/** Shares of the time in which a request may be decided. */
	remindAfter: number;
	escalateAfter: number;
	/** The most requests that may be open in one channel. */
	openCards: number;
	/** The highest risk at which whoever asked the question may approve. */
	requesterUpTo: Risk;
	/**
	 * Platforms where whoever decides has the machine or the page's password, so that one person is enough and may be the
	 * one who asked.
	 */
	alone: readonly string[];
	/** Null: no model is asked. */
	judge: { team: string; timeoutMs: number } | null;
}
