import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npm start` listens, for work on the page with `npx vite --config src/ui/vite.config.ts`. */
const BOT = 'http://127.0.0.1:8080';

export default defineConfig({
	root: 'src/ui',
	plugins: [react()],
	server: { proxy: { '/api': BOT } },
	build: {
		outDir: '../../dist/ui',
		emptyOutDir: true,
		target: 'es2023',
		// The page's policy allows neither inline scripts nor data: fonts; every asset is a file with a hash in its name.
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
	},
});
