/** The sender, in a process of its own: arguments are the port, the kind and the file of its book; the key comes first. */
import { hearParent, tellParent } from '../support/torture-child.js';
import { Ledger } from './ledger.js';
import { type LoadKind, observationsIn, requestMaker } from './numbered-requests.js';
import { type LevelResult, type LoadLevel, OpenLoad } from './open-load.js';

export type ToLoad =
  | { readonly ask: 'level'; readonly level: LoadLevel }
  /** Writes the book and closes the connections. */
  | { readonly ask: 'finish' };
export type FromLoad = { readonly level: LevelResult } | { readonly finished: true };

const [port, kind, file, key] = process.argv.slice(2) as [string, LoadKind, string, string];
const ledger = new Ledger();
const load = new OpenLoad(Number(port), requestMaker(kind, key), ledger, observationsIn(kind));

hearParent<ToLoad>((message) => {
  if (message.ask === 'level') {
    void load.run(message.level).then((level) => tellParent<FromLoad>({ level }));
    return;
  }
  ledger.save(file);
  load.close();
  void tellParent<FromLoad>({ finished: true });
});
