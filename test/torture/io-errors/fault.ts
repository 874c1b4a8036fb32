/** Ways to make the disk of one process fail, and a process that has been made to. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** libfiu: from a given moment on, the next call (or every call) that goes through one of its points fails. */
export interface LibfiuFault {
  readonly by: 'libfiu';
  readonly point: 'posix/io/sync/*' | 'posix/io/rw/pwrite' | 'posix/io/rw/*';
  readonly isLasting: boolean;
  /** Commits that are acknowledged before. */
  readonly commitsBefore: number;
}

/** strace: exactly the n-th call to the log's files fails, and every later one if it is lasting. */
export interface NthCallFault {
  readonly by: 'strace';
  readonly calls: 'pwrite64' | 'fsync,fdatasync' | 'ftruncate';
  readonly error: 'EIO' | 'ENOSPC';
  readonly isLasting: boolean;
  readonly nth: number;
}

export type Fault = LibfiuFault | NthCallFault;

const LIBFIU = '/usr/lib/fiu/fiu_run_preload.so /usr/lib/fiu/fiu_posix_preload.so';

/** The environment in which a process can be told to fail by `enableLibfiu`. `folder` holds its pipes. */
export const libfiuEnvironment = (folder: string): Record<string, string> => ({
  LD_PRELOAD: LIBFIU,
  FIU_CTRL_FIFO: join(folder, 'fiu'),
});

/** @throws Error when libfiu does not take it */
export function enableLibfiu(folder: string, pid: number, fault: Pick<LibfiuFault, 'point' | 'isLasting'>): void {
  // Without an error number libfiu picks one, EINTR too, after which SQLite rightly tries again.
  const command = `enable name=${fault.point},failinfo=${constants.errno.EIO}${fault.isLasting ? '' : ',onetime'}`;
  const run = spawnSync('fiu-ctrl', ['-f', join(folder, 'fiu'), '-c', command, String(pid)], { encoding: 'utf8' });
  if (run.status !== 0 || run.stdout !== '') throw new Error(`fiu-ctrl: ${run.stdout}${run.stderr}`);
}

export const describeFault = (fault: Fault): string =>
  fault.by === 'libfiu'
    ? `${fault.point} after ${fault.commitsBefore} commits${fault.isLasting ? ', lasting' : ''}`
    : `${fault.error} from call ${fault.nth} of ${fault.calls}${fault.isLasting ? ' on' : ' alone'}`;

export interface FailingWriterTask {
  readonly file: string;
  /** For pipes; private to this run. */
  readonly folder: string;
  readonly seed: number;
  readonly commits_max: number;
  readonly checkpointAfter_pages: number;
  readonly timeLimit_ms: number;
}

export interface FailingWriterEnd {
  readonly lines: readonly string[];
  /** What it wrote to its standard error, for messages. */
  readonly complaint: string;
  readonly code: number | null;
}

/** Runs a writer to its end while its disk fails. */
export async function runFailingWriter(task: FailingWriterTask, fault: Fault): Promise<FailingWriterEnd> {
  const child = fault.by === 'libfiu' ? startWithLibfiu(task, fault) : startWithStrace(task, fault);
  const killer = setTimeout(() => child.kill('SIGKILL'), task.timeLimit_ms);
  let output = '';
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (fault.by !== 'libfiu' || !chunk.toString().includes('paused')) return;
    enableLibfiu(task.folder, child.pid!, fault);
    child.stdin?.write('.');
  });
  child.stdin?.on('error', () => undefined);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(killer);
  return { lines: output.split('\n').filter(Boolean), complaint, code };
}

function startWithLibfiu(task: FailingWriterTask, fault: LibfiuFault): ChildProcess {
  const env = { ...process.env, NODE_OPTIONS: '', ...libfiuEnvironment(task.folder) };
  return spawn(process.execPath, writerArguments(task, fault.commitsBefore), { env });
}

function startWithStrace(task: FailingWriterTask, fault: NthCallFault): ChildProcess {
  const when = `${fault.nth}${fault.isLasting ? '+' : ''}`;
  const { calls, error } = fault;
  const watched = ['-P', task.file, '-P', `${task.file}-wal`];
  const injected = ['-e', `trace=${calls}`, '-e', `inject=${calls}:error=${error}:when=${when}`];
  const options = ['-f', '-o', join(task.folder, 'trace'), ...watched, ...injected];
  const env = { ...process.env, NODE_OPTIONS: '' };
  return spawn('strace', [...options, process.execPath, ...writerArguments(task, -1)], { env });
}

function writerArguments(task: FailingWriterTask, pauseAfter: number): string[] {
  const own = import.meta.url.endsWith('.ts')
    ? import.meta.url.replace('/test/torture/', '/dist/test/torture/')
    : import.meta.url;
  const program = fileURLToPath(new URL('failing-writer.js', own));
  return [program, task.file, ...[task.seed, pauseAfter, task.commits_max, task.checkpointAfter_pages].map(String)];
}
