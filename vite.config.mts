import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const api = process.env.LABELLOOP_API ?? 'http://localhost:4000';

export default defineConfig({
  root: 'client',
  plugins: [react()],
  // The server puts the nonce of each response here. See server/app/clientFiles.ts.
  html: { cspNonce: '__STYLE_NONCE__' },
  build: { outDir: '../dist/client', emptyOutDir: true, chunkSizeWarningLimit: 1500 },
  server: {
    proxy: {
      '/graphql': { target: api, ws: true },
      '/files': api,
      '/healthz': api,
      '/readyz': api,
    },
  },
});
