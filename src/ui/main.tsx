import './styles/page.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './shell/app.tsx';
import { Broken } from './shell/broken.tsx';

const place = document.getElementById('app');
if (place !== null) {
	const root = createRoot(place, {
		onUncaughtError(error) {
			console.error(error);
			root.render(<Broken />);
		},
	});
	root.render(
		<StrictMode>
			<App />
		</StrictMode>,
	);
}
