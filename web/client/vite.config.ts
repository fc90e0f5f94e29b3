import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const service = 'http://127.0.0.1:8000'

// index.html is served for /, /r/{code} and /join; everything that it loads stands under /static.
export default defineConfig({
  base: '/static/',
  plugins: [vue()],
  build: {
    outDir: '../static',
    emptyOutDir: true,
    // Phones of residents are old: what Chrome 80 and iOS 14 understand.
    target: ['es2020', 'chrome80', 'safari14'],
    assetsInlineLimit: 2048,
  },
  server: {
    proxy: { '/api': service, '/hls': service, '/qr': service, '/ws': { target: service, ws: true } },
  },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
})
