import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Plugin } from 'vite';

const SWAGGER_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js'];

/**
 * Puts Swagger UI from its npm package beside our docs page, so that the
 * server can show the API's description without any other origin.
 */
export function docsAssets(): Plugin {
  let outDir = '';
  return {
    name: 'yoke-docs-assets',
    apply: 'build',
    configResolved(config) {
      outDir = path.resolve(config.root, config.build.outDir, 'docs-assets');
    },
    async closeBundle() {
      const packageFile = createRequire(import.meta.url).resolve('swagger-ui-dist/package.json');
      await mkdir(outDir, { recursive: true });
      for (const name of SWAGGER_FILES) {
        await copyFile(path.join(path.dirname(packageFile), name), path.join(outDir, name));
      }
    },
  };
}
