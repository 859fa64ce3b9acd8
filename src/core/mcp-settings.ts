import type { ToolEffects } from './tool.ts';

/** How to reach a server over HTTP. Holds secrets. */
export interface McpHttpLaunch {
	type: 'http';
	/** Absolute; may hold a secret in its query. */
	url: string;
	headers: Readonly<Record<string, string>>;
	/** Which addresses other than public ones it may have: those of this machine, those of private networks. */
	allowLoopback: boolean;
	allowPrivate: boolean;
	/** Null: a server that asks for authorisation is refused. */
	oauth: McpOAuthSettings | null;
}

/** A client that was registered by hand. Null: the program registers itself. */
export interface McpOAuthSettings {
	clientId: string | null;
	clientSecret: string | null;
	/** Null: what the server asks for. */
	scope: string | null;
}

/** A server that is a program. It runs in a sandbox and nowhere else. Holds secrets. */
export interface McpStdioLaunch {
	type: 'stdio';
	command: readonly string[];
	/** The whole environment. */
	env: Readonly<Record<string, string>>;
	/** An image by digest or id; null: the image for MCP servers that was built here. */
	image: string | null;
	/** Hosts with ports that it may reach. */
	egress: readonly string[];
	/** It works in a folder of its agent's, `/workspace`, which lives as long as the run. */
	workspace: boolean;
}

/** One MCP server as the configuration has it. */
export interface McpServerSettings {
	/** Letters, digits, `-` and single `_`; at most 32. It is the first half of its tools' names. */
	name: string;
	launch: McpHttpLaunch | McpStdioLaunch;
	/** Names of tools, as the server has them; null: all. */
	allowed: readonly string[] | null;
	excluded: readonly string[];
	/** What the server says about the effects of its tools is believed. */
	trusted: boolean;
	/** By name of a tool; goes before what the server says. */
	effects: Readonly<Record<string, ToolEffects>>;
	/** Whether the tools it has when it is first seen may be used, or wait for a person. */
	firstSight: 'accepted' | 'quarantined';
	startTimeoutMs: number;
	/** Longest time between two signs of life of one call. */
	callTimeoutMs: number;
}

/** A person who logs in to a server for this program. */
export interface Consent {
	/** Where they come back to. */
	redirectUrl: string;
	/** Shows them where to log in; resolves with the address they came back to, whatever is in it. */
	ask(url: URL, signal: AbortSignal): Promise<URL>;
}
