import { gzipSync } from 'node:zlib';
import type { Report } from '../report.js';
import { forgetPeak, memoryOf } from '../support/process-memory.js';
import type { HostileServer } from './hostile-server.js';
import { RawDoor, type RawAnswer } from './raw-door.js';
import { OPEN_SERIES } from './world.js';

const KIB = 1024;
const MIB = 1024 * KIB;
/** Bodies count after inflating. */
const BODY_MAX_bytes = 8 * MIB;
const MORE_MEMORY_MAX_bytes = 50_000_000;
/** Bombs that arrive side by side, and what they may cost together: far less than so many single ones. */
const TOGETHER = 16;
const TOGETHER_MEMORY_MAX_bytes = 2 * MORE_MEMORY_MAX_bytes;
const SMALL_SIZES = [KIB, 32 * KIB, MIB, 8 * MIB, 9 * MIB, 64 * MIB];
const LARGE_SIZES = [256 * MIB, 1024 * MIB];

interface Bomb {
  readonly name: string;
  readonly inflated_bytes: number;
  readonly body: Buffer;
}

/**
 * Bodies that are small on the wire and large in memory. A request within the limit is read like any other; a larger one is
 * answered 413. Neither may cost more than 50 MB of memory at its peak, and many at once not many times as much.
 */
export async function throwBombs(server: HostileServer, report: Report, withLarge: boolean): Promise<void> {
  const sizes = withLarge ? [...SMALL_SIZES, ...LARGE_SIZES] : SMALL_SIZES;
  const bombs = sizes.flatMap((size) => [
    memberBomb(size),
    ...(size <= 64 * MIB ? [streamBomb(size), observationBomb(size)] : []),
  ]);
  await warmUp(server, bombs);
  let most_bytes = 0;
  for (const bomb of bombs) most_bytes = Math.max(most_bytes, await throwOne(server, bomb, report));
  report.figure('most memory that one bomb cost', `${(most_bytes / MIB).toFixed(1)} MiB`);
  const together_bytes = await throwTogether(server, bombs, report);
  report.figure(`most memory that ${TOGETHER} bombs at once cost`, `${(together_bytes / MIB).toFixed(1)} MiB`);
  server.door.close();
}

/** What the first large body of a process costs stays with it: buffers, compiled code. Bombs are measured beyond that. */
async function warmUp(server: HostileServer, bombs: readonly Bomb[]): Promise<void> {
  const largest = bombs.filter((bomb) => bomb.inflated_bytes <= BODY_MAX_bytes).at(-1)!;
  for (let round = 0; round < 5; round += 1) await send(server.door, largest);
}

async function throwOne(server: HostileServer, bomb: Bomb, report: Report): Promise<number> {
  const { pid } = server.tallystick;
  forgetPeak(pid);
  const before_bytes = memoryOf(pid).now_bytes;
  const answer = await send(server.door, bomb);
  const more_bytes = memoryOf(pid).peak_bytes - before_bytes;
  report.tried('gzip bombs');
  judgeAnswer(bomb, answer, [413], report);
  report.check(more_bytes <= MORE_MEMORY_MAX_bytes, () => `${bomb.name} cost ${(more_bytes / MIB).toFixed(1)} MiB`);
  return more_bytes;
}

async function throwTogether(server: HostileServer, bombs: readonly Bomb[], report: Report): Promise<number> {
  const { pid } = server.tallystick;
  const bomb = bombs.at(-1)!;
  const doors = Array.from(
    { length: TOGETHER },
    () => new RawDoor(Number(new URL(server.tallystick.url).port), server.key),
  );
  forgetPeak(pid);
  const before_bytes = memoryOf(pid).now_bytes;
  const answers = await Promise.all(doors.map((door) => send(door, bomb)));
  const more_bytes = memoryOf(pid).peak_bytes - before_bytes;
  for (const door of doors) door.close();
  report.tried('gzip bombs', TOGETHER);
  // Two bodies are inflated at a time: of many bombs at once the others are told to come again.
  for (const answer of answers) judgeAnswer(bomb, answer, [413, 503], report);
  report.check(more_bytes <= TOGETHER_MEMORY_MAX_bytes, () => {
    return `${TOGETHER} × ${bomb.name} at once cost ${(more_bytes / MIB).toFixed(1)} MiB`;
  });
  return more_bytes;
}

/** `refusals`: how a bomb over the limit may be refused. */
function judgeAnswer(bomb: Bomb, answer: RawAnswer, refusals: readonly number[], report: Report): void {
  const { status, retryAfter } = answer;
  report.tried(`  answered ${status}`);
  const isOver = bomb.inflated_bytes > BODY_MAX_bytes;
  const isRight = isOver ? refusals.includes(status) && (status !== 503 || retryAfter !== null) : status < 500;
  report.check(isRight, () => `${bomb.name} was answered ${status}: ${JSON.stringify(answer.body)}`);
}

function send(door: RawDoor, { name, body }: Bomb): Promise<RawAnswer> {
  const headers = [['content-encoding', 'gzip'] as const];
  return door.send({
    kind: name,
    contentType: 'application/json',
    headers,
    body,
    isChunked: false,
    mustBeTaken: false,
  });
}

const MEMBER_SIZE_bytes = MIB;

/** A gzip file may have many members: so a gigabyte takes no time to make. */
function memberBomb(inflated_bytes: number): Bomb {
  const member = gzipSync(Buffer.alloc(Math.min(inflated_bytes, MEMBER_SIZE_bytes), 0x20));
  const body = Buffer.concat(Array.from({ length: Math.ceil(inflated_bytes / MEMBER_SIZE_bytes) }, () => member));
  return { name: `a bomb of ${inflated_bytes} bytes in members`, inflated_bytes, body };
}

function streamBomb(inflated_bytes: number): Bomb {
  return {
    name: `a bomb of ${inflated_bytes} bytes in one stream`,
    inflated_bytes,
    body: gzipSync(Buffer.alloc(inflated_bytes, '['), { level: 9 }),
  };
}

/** Right observations, the same again and again: what is within the limits has to be read to its end. */
function observationBomb(inflated_bytes: number): Bomb {
  const observation = `{"series":"${OPEN_SERIES}","observedAt":1764000000000,"value":1},`;
  const text = `[${observation.repeat(Math.ceil(inflated_bytes / observation.length))}`.slice(0, inflated_bytes - 1);
  return { name: `a bomb of ${inflated_bytes} bytes of observations`, inflated_bytes, body: gzipSync(`${text}]`) };
}
