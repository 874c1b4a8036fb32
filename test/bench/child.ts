import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** Where `npm run build` puts the compiled benchmark, from the repository's root. */
const COMPILED_FOLDER = join('dist', 'test', 'bench');

/** A helper process of the benchmark, spoken to by messages. */
export interface Child {
  /** Sends a question and resolves with its answer; a failure inside the child rejects with its message. */
  ask<Answer>(question: object): Promise<Answer>;
  stop(): Promise<void>;
}

/** Starts a script of the benchmark in a process of its own, so that cases share neither heap nor garbage collector. */
export function startChild(script: string, memory_MiB = 4_096): Child {
  const child = fork(join(COMPILED_FOLDER, script), [], {
    execArgv: [`--max-old-space-size=${memory_MiB}`, '--enable-source-maps'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const endWithParent = (): void => void child.kill('SIGKILL');
  process.once('exit', endWithParent);
  child.once('exit', () => process.off('exit', endWithParent));
  return { ask: (question) => ask(child, question), stop: () => stop(child) };
}

function ask<Answer>(child: ChildProcess, question: object): Promise<Answer> {
  return new Promise((done, fail) => {
    const onExit = (): void => fail(new Error('a helper process of the benchmark ended unexpectedly'));
    child.once('exit', onExit);
    child.once('message', (message: { answer?: Answer; failure?: string }) => {
      child.off('exit', onExit);
      if (message.failure !== undefined) fail(new Error(message.failure));
      else done(message.answer as Answer);
    });
    child.send(question);
  });
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) return done();
    child.once('exit', () => done());
    child.disconnect();
  });
}

/** In a helper process: answers every question with the handler; the process ends when the parent disconnects. */
export function answerQuestions<Question>(handle: (question: Question) => Promise<unknown>): void {
  process.on('message', (question: Question) => {
    handle(question).then(
      (answer) => process.send?.({ answer }),
      (error: Error) => process.send?.({ failure: error.stack ?? error.message }),
    );
  });
  process.once('disconnect', () => process.exit(0));
}
