import { createServer } from 'node:net';
import { answerQuestions } from '../child.js';

const ANSWER = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 14\r\n\r\n{"accepted":0}');
const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * Reads requests and answers each at once without looking into it: what the load generator reaches against it is the
 * ceiling for every door measured with that generator.
 */
const server = createServer({ noDelay: true }, (socket) => {
  let missing = 0;
  let rest = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    let bytes = chunk as Buffer;
    while (bytes.length > 0) {
      if (missing > 0) {
        const taken = Math.min(missing, bytes.length);
        missing -= taken;
        bytes = bytes.subarray(taken);
      } else {
        bytes = rest.length > 0 ? Buffer.concat([rest, bytes]) : bytes;
        const headEnd = bytes.indexOf(HEAD_END);
        if (headEnd < 0) {
          rest = Buffer.from(bytes);
          return;
        }
        rest = Buffer.alloc(0);
        missing = Number(/content-length: (\d+)/.exec(bytes.toString('latin1', 0, headEnd))?.[1] ?? 0);
        bytes = bytes.subarray(headEnd + HEAD_END.length);
      }
      if (missing === 0) socket.write(ANSWER);
    }
  });
});

answerQuestions(
  () =>
    new Promise((done) => {
      server.listen(0, '127.0.0.1', () => done({ port: (server.address() as { port: number }).port }));
    }),
);
