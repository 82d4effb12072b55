import { fileURLToPath } from 'node:url'

import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const api = process.env.API_URL ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [vue()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  // The content security policy allows no data: addresses.
  build: { assetsInlineLimit: 0, target: 'es2022', reportCompressedSize: false },
  server: { proxy: { '/v1': api, '/readyz': api } },
  preview: { proxy: { '/v1': api, '/readyz': api } },
  test: { environment: 'happy-dom', include: ['tests/**/*.spec.ts'] },
})
