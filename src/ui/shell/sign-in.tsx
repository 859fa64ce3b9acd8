import { type FormEvent, useId, useState } from 'react';
import { ApiError, api } from '../api/client.ts';
import { say } from '../say.ts';

/** Asks for the token where the page is open to other machines. */
export function SignIn({ onDone }: { onDone(): void }) {
	const [token, setToken] = useState('');
	const [problem, setProblem] = useState<string | null>(null);
	const id = useId();
	const submit = async (event: FormEvent) => {
		event.preventDefault();
		try {
			await api.signIn(token);
			onDone();
		} catch (thrown) {
			setProblem(thrown instanceof ApiError ? thrown.message : say('sign_in.wrong'));
		}
	};
	return (
		<main id="content" className="ask">
			<h1>{say('sign_in.heading')}</h1>
			<p>{say('sign_in.why')}</p>
			<form className="composer" onSubmit={submit}>
				<label htmlFor={id}>{say('sign_in.token')}</label>
				<input
					id={id}
					type="password"
					autoComplete="current-password"
					value={token}
					onChange={(event) => setToken(event.target.value)}
				/>
				<button type="submit" className="primary">
					{say('sign_in.send')}
				</button>
				{problem !== null && (
					<p className="problem" role="alert">
						{problem}
					</p>
				)}
			</form>
		</main>
	);
}
