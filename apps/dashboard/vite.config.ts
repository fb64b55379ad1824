import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const client = fileURLToPath(new URL('../../libs/client/src', import.meta.url));

/** With a running api and a key of it, `vite` alone serves the screens while they are changed. */
const api = process.env['BREAKWATER_URL'] ?? 'http://localhost:3000';
const key = process.env['BREAKWATER_API_KEY'];

/** The server has no compression of its own: each text file gets its compressed ones beside it. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    closeBundle() {
      for (const file of globSync(`${root}dist/**/*.{html,js,css,svg}`)) {
        const content = readFileSync(file);
        writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
        writeFileSync(`${file}.br`, brotliCompressSync(content));
      }
    },
  };
}

export default defineConfig({
  root,
  plugins: [react(), compressed()],
  resolve: {
    alias: [
      { find: '@breakwater/client/queries', replacement: `${client}/queries.ts` },
      { find: '@breakwater/client/functions', replacement: `${client}/functions.ts` },
      { find: '@breakwater/client', replacement: `${client}/index.ts` },
    ],
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // Small files stay files: the policy of the page allows no data: scripts.
    assetsInlineLimit: 0,
    manifest: true,
    reportCompressedSize: false,
    // The charts and the editor are large, and loaded only where they are used.
    chunkSizeWarningLimit: 800,
  },
  server: {
    proxy: {
      '/api': { target: api, headers: key ? { authorization: `Bearer ${key}` } : {} },
      '/ws': { target: api, ws: true, headers: key ? { authorization: `Bearer ${key}` } : {} },
    },
  },
});
