import { say } from '../say.ts';

/** In the place of everything, when the page came upon something that it cannot show. */
export function Broken() {
	return (
		<main id="content">
			<h1>{say('app.broken')}</h1>
			<p role="alert">{say('app.broken_about')}</p>
			<p>
				<button type="button" onClick={() => window.location.reload()}>
					{say('app.reload')}
				</button>
			</p>
		</main>
	);
}
