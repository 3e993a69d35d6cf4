import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { docsAssets } from './build/docs-assets.ts';

const SERVER = process.env['YOKE_SERVER'] ?? 'http://127.0.0.1:8000';

export default defineConfig({
  plugins: [react(), docsAssets()],
  server: {
    host: '127.0.0.1',
    port: 3000,
    strictPort: true,
    proxy: {
      '/api': { target: SERVER, ws: true },
      '/docs': { target: SERVER },
      '/openapi.json': { target: SERVER },
    },
  },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 5000,
    reportCompressedSize: false,
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx'],
    restoreMocks: true,
  },
});
