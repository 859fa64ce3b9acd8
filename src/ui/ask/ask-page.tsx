import { useState } from 'react';
import { api, type Info } from '../api/client.ts';
import { Composer } from '../parts/composer.tsx';
import { say } from '../say.ts';
import { Markdown } from '../text/markdown.tsx';
import { commandIn } from './command-in.ts';
import { Notices } from './notices.tsx';

/** The first page: what should the team work out? */
export function AskPage({ info, onBegun }: { info: Info; onBegun(id: string): void }) {
	const [said, tell] = useState<string | null>(null);
	const isDemo = info.teams[0]?.members.every((member) => member.model === 'scripted') ?? false;
	return (
		<main id="content" className="ask">
			<title>{say('app.name')}</title>
			<h1>{say('ask.heading')}</h1>
			<Composer
				info={info}
				isLarge
				label={say('ask.label')}
				placeholder={say('ask.placeholder')}
				send={say('ask.send')}
				onSend={async (question, key) => {
					const command = commandIn(question.question);
					if (command === null) onBegun((await api.ask(question, key)).id);
					else tell((await api.command(command, null, key)).said.join('\n\n') || null);
				}}
			/>
			{said !== null && (
				<div className="said" role="status">
					<Markdown text={said} />
				</div>
			)}
			<Notices notes={info.notes} isDemo={isDemo} />
			<ol className="how" aria-label={say('ask.how_heading')}>
				<li>
					<b>{say('ask.how_answer')}</b> {say('ask.how_answer_about')}
				</li>
				<li>
					<b>{say('ask.how_vote')}</b> {say('ask.how_vote_about')}
				</li>
				<li>
					<b>{say('ask.how_present')}</b> {say('ask.how_present_about')}
				</li>
			</ol>
		</main>
	);
}
