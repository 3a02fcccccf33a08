// How the page is built: files of one folder, whose names change with what they hold, and nothing inline.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { built, noting } from './built.ts';

const OUT = fileURLToPath(new URL('dist', import.meta.url));
const packages = new Set<string>();
// What `npm run dev` asks, and under which paths; README.md tells how that server is started.
const API = 'http://127.0.0.1:8000';
const OF_THE_API = ['/graphql', '/content', '/preview', '/archive', '/upload'];

export default defineConfig({
  base: '/portal/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [noting(packages), built(OUT, packages)],
  build: {
    outDir: OUT,
    emptyOutDir: false,
    assetsDir: '',
    assetsInlineLimit: 0,
    modulePreload: false,
    target: 'es2023',
  },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(OF_THE_API.map((path) => [path, API])),
  },
});
