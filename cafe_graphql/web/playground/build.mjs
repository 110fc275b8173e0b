// Builds the playground's sources into ../static (or the folder named as argument): gzipped files with hashed names.

import { build } from 'esbuild';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const HERE = dirname(fileURLToPath(import.meta.url));
const TARGET = resolve(process.argv[2] ?? join(HERE, '../static'));
// graphql-language-service underlines `quantity: Int! = 1` as missing when it is left out, which a default allows.
const DEFAULTS_ARE_OPTIONAL = {
  name: 'defaults-are-optional',
  setup(bundler) {
    bundler.onLoad({ filter: /getVariablesJSONSchema\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const mended = source.replace('if (fieldRequired)', 'if (fieldRequired && field.defaultValue === undefined)');
      if (mended === source) throw new Error('getVariablesJSONSchema.js has changed: is the mending still needed?');
      return { contents: mended };
    });
  },
};
const OPTIONS = {
  absWorkingDir: HERE,
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  charset: 'utf8',
  legalComments: 'none', // LICENSES.txt carries them whole
  define: { 'process.env.NODE_ENV': '"production"' },
  mainFields: ['browser', 'module', 'main'], // named, so that `graphql` is bundled once and not twice, as ESM and CommonJS
  // GraphiQL asks prettier for its parsers by names that give CommonJS, whose exports a dynamic import does not name.
  alias: { 'prettier/parser-babel': 'prettier/plugins/babel', 'prettier/parser-graphql': 'prettier/plugins/graphql' },
  plugins: [DEFAULTS_ARE_OPTIONAL],
  jsx: 'automatic',
  loader: { '.graphql': 'text', '.ttf': 'file', '.svg': 'copy' },
  entryNames: '[name]-[hash]',
  chunkNames: 'chunk-[hash]',
  assetNames: '[name]-[hash]',
  outdir: TARGET,
  write: false,
  metafile: true, // tells which hashed file came of which source, and whose licences to carry
  logLevel: 'warning',
};
const WORKERS = {
  EDITOR_WORKER: 'monaco-editor/esm/vs/editor/editor.worker.js',
  JSON_WORKER: 'monaco-editor/esm/vs/language/json/json.worker.js',
  GRAPHQL_WORKER: 'monaco-graphql/esm/graphql.worker.js',
};

const PAGES = { 'index.html': 'src/main.jsx', 'docs.html': 'src/docs.js' };

const workers = await build({ ...OPTIONS, entryPoints: Object.values(WORKERS) });
const page = await build({
  ...OPTIONS,
  entryPoints: [...Object.values(PAGES), 'src/icon.svg'],
  define: { ...OPTIONS.define, ...workerNames() },
});

rmSync(TARGET, { recursive: true, force: true });
mkdirSync(TARGET, { recursive: true });
for (const file of [...workers.outputFiles, ...page.outputFiles].filter(isServed)) {
  writeFileSync(join(TARGET, `${basename(file.path)}.gz`), gzip(file.contents));
}
for (const [html, entry] of Object.entries(PAGES)) writeFileSync(join(TARGET, html), filled(html, entry));
writeFileSync(join(TARGET, 'LICENSES.txt'), licenses());

// The workers are built first, so that the page can know their hashed names.
function workerNames() {
  const entries = Object.entries(WORKERS);
  return Object.fromEntries(
    entries.map(([name, path]) => [name, JSON.stringify(`./${built(workers, `node_modules/${path}`)}`)]),
  );
}

function built(result, source) {
  const outputs = Object.entries(result.metafile.outputs);
  return basename(outputs.find(([, output]) => output.entryPoint === source)[0]);
}

// esbuild gives every lazily loaded part a style sheet of its own; a page's holds them all and is the one linked.
function isServed(file) {
  return !file.path.endsWith('.css') || Object.values(PAGES).map(styleName).includes(basename(file.path));
}

function styleName(entry) {
  const outputs = Object.values(page.metafile.outputs);
  return basename(outputs.find((output) => output.entryPoint === entry).cssBundle);
}

function filled(html, entry) {
  return readFileSync(join(HERE, 'src', html), 'utf8')
    .replace('{script}', built(page, entry))
    .replace('{style}', styleName(entry))
    .replace('{icon}', built(page, 'src/icon.svg'));
}

// Byte 9 says which system packed the file; 255, "unknown", gives the same bytes on every system.
function gzip(contents) {
  const packed = gzipSync(contents, { level: 9 });
  packed[9] = 255;
  return packed;
}

// What we ship of others' work goes out with its licence, each text once.
function licenses() {
  const texts = new Map();
  for (const folder of packages()) {
    const { name, version, license } = JSON.parse(readFileSync(join(HERE, folder, 'package.json'), 'utf8'));
    const text = licenseText(folder) ?? `License: ${license}`;
    texts.set(text, [...(texts.get(text) ?? []), `${name} ${version}`]);
  }
  return [...texts].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`).join(`\n${'-'.repeat(80)}\n\n`);
}

function packages() {
  const inputs = [workers, page].flatMap((result) => Object.keys(result.metafile.inputs));
  const folders = inputs.map((path) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(path)?.[0]);
  return [...new Set(folders.filter(Boolean))].sort();
}

function licenseText(folder) {
  const file = readdirSync(join(HERE, folder)).find((name) => /^licen[sc]e/i.test(name));
  return file && readFileSync(join(HERE, folder, file), 'utf8').trim().replaceAll('\r\n', '\n');
}
