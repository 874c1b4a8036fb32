/** Reads what `strace` saw of a writer: every write to its files, every sync, every acknowledgement, in their order. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Something that happened to a file, or to the names in its folder. */
export type Operation =
  | { readonly kind: 'create' | 'unlink' | 'sync'; readonly path: string }
  | { readonly kind: 'write'; readonly path: string; readonly offset: number; readonly bytes: Buffer }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  | { readonly kind: 'truncate'; readonly path: string; readonly size: number }
  /** The caller was told that so many commits are durable. */
  | { readonly kind: 'acknowledged'; readonly commits: number };

const CALLS = 'openat,pwrite64,write,fsync,fdatasync,ftruncate,unlink,rename';
/** Longest write that is recorded whole; a longer one would be cut and is refused below. */
const STRING_SIZE_MAX_bytes = 1_048_576;

export interface TraceRequest {
  readonly program: string;
  readonly programArguments: readonly string[];
  /** Files whose calls are recorded: the log, its WAL, the acknowledgements, and the folder of all of them. */
  readonly paths: readonly string[];
  readonly acknowledgements: string;
  readonly traceFile: string;
}

/** Runs the Node program under strace to its end. @throws Error when it fails */
export function traceProgram(request: TraceRequest): Operation[] {
  const watched = request.paths.flatMap((path) => ['-P', path]);
  const options = [
    '-f',
    '-y',
    '-xx',
    '-s',
    String(STRING_SIZE_MAX_bytes),
    '-e',
    `trace=${CALLS}`,
    '-o',
    request.traceFile,
  ];
  const program = [process.execPath, request.program, ...request.programArguments];
  const run = spawnSync('strace', [...options, ...watched, ...program], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`the traced writer ended with ${run.status ?? run.signal}: ${run.stderr}`);
  return operationsIn(readFileSync(request.traceFile, 'latin1'), request.acknowledgements);
}

/** Calls in the order in which they ended; one that was interrupted by another thread's stands in two lines. */
export function operationsIn(trace: string, acknowledgements: string): Operation[] {
  const operations: Operation[] = [];
  const begun = new Map<string, string>();
  const known = new Set<string>();
  for (const line of trace.split('\n')) {
    const [, thread = '', text = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const unfinished = /^(.*) <unfinished \.\.\.>$/.exec(text)?.[1];
    if (unfinished !== undefined) {
      begun.set(thread, unfinished);
      continue;
    }
    const rest = /^<\.\.\. \w+ resumed>(.*)$/.exec(text)?.[1];
    const operation = operationOf(rest === undefined ? text : `${begun.get(thread) ?? ''}${rest}`, known);
    if (operation === null) continue;
    if (operation.kind === 'write' && operation.path === acknowledgements)
      operations.push({ kind: 'acknowledged', commits: Number(operation.bytes.toString('latin1')) });
    else operations.push(operation);
  }
  return operations;
}

const FILE = String.raw`\d+<([^>]*)>`;
const OPENED = new RegExp(String.raw`^openat\(.*O_CREAT.* = ${FILE}$`);
const POSITIONED = new RegExp(String.raw`^pwrite64\(${FILE}, "([^"]*)"(\.\.\.)?, (\d+), (\d+)\) += (-?\d+)`);
const APPENDED = new RegExp(String.raw`^write\(${FILE}, "([^"]*)", \d+\) += \d+`);
const SYNCED = new RegExp(String.raw`^f(?:data)?sync\(${FILE}\) += 0`);
const TRUNCATED = new RegExp(String.raw`^ftruncate\(${FILE}, (\d+)\) += 0`);
const RENAMED = /^rename\("([^"]*)", "([^"]*)"\) += 0/;
const UNLINKED = /^unlink\("([^"]*)"\) += 0/;

/** Null for calls that change nothing, and for those that failed. `known` holds the names that exist. */
function operationOf(call: string, known: Set<string>): Operation | null {
  const opened = OPENED.exec(call);
  if (opened !== null) {
    const path = textOf(opened[1]!);
    if (known.has(path)) return null;
    known.add(path);
    return { kind: 'create', path };
  }
  const positioned = POSITIONED.exec(call);
  if (positioned !== null) return writeOf(positioned);
  const appended = APPENDED.exec(call);
  if (appended !== null) return { kind: 'write', path: textOf(appended[1]!), offset: 0, bytes: bytesOf(appended[2]!) };
  const synced = SYNCED.exec(call);
  if (synced !== null) return { kind: 'sync', path: textOf(synced[1]!) };
  const truncated = TRUNCATED.exec(call);
  if (truncated !== null) return { kind: 'truncate', path: textOf(truncated[1]!), size: Number(truncated[2]) };
  return nameChangeOf(call, known);
}

function nameChangeOf(call: string, known: Set<string>): Operation | null {
  const unlinked = UNLINKED.exec(call);
  const renamed = RENAMED.exec(call);
  const path = textOf(unlinked?.[1] ?? renamed?.[1] ?? '');
  if (path === '') return null;
  known.delete(path);
  if (renamed === null) return { kind: 'unlink', path };
  const to = textOf(renamed[2]!);
  known.add(to);
  return { kind: 'rename', path, to };
}

function writeOf([, path, bytes, cut, , offset, result]: RegExpExecArray): Operation | null {
  if (cut !== undefined) throw new Error('strace has cut a write short');
  const written = Number(result);
  if (written <= 0) return null;
  return { kind: 'write', path: textOf(path!), offset: Number(offset), bytes: bytesOf(bytes!).subarray(0, written) };
}

const bytesOf = (escaped: string): Buffer => Buffer.from(escaped.replaceAll('\\x', ''), 'hex');
const textOf = (escaped: string): string => (escaped.startsWith('\\x') ? bytesOf(escaped).toString('utf8') : escaped);
