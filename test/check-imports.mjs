// Runs the import rules and proves that the tool saw the rooms it should have seen: a cruise over zero modules is green too.
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const sources = (folder) =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => join(folder, file).replaceAll('\\', '/'))
    .filter((file) => !file.includes('node_modules/') && statSync(file).isFile());

const json = execFileSync(
  process.execPath,
  [
    'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
    '--config',
    '.dependency-cruiser.mjs',
    '--output-type',
    'json',
    'apps',
    'libs',
  ],
  { maxBuffer: 256 * 1024 * 1024 },
);
const { modules, summary } = JSON.parse(json.toString());
const seen = new Set(modules.map((module) => module.source));
const unseen = ['apps', 'libs'].flatMap(sources).filter((file) => !seen.has(file));
for (const violation of summary.violations)
  console.error(`${violation.rule.name}: ${violation.from} → ${violation.to}`);
for (const file of unseen) console.error(`not seen by the import check: ${file}`);
const crossings = modules
  .filter((m) => m.source.startsWith('libs/'))
  .flatMap((m) => m.dependencies.filter((d) => d.resolved.startsWith('libs/')));
if (summary.violations.length > 0 || unseen.length > 0 || crossings.length === 0) process.exit(1);
console.log(
  `import rules hold: ${seen.size} modules seen, ${crossings.length} imports between files of libs/ followed, 0 violations`,
);
