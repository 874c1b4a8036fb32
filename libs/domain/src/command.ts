import { type Actor } from './common.js';

/**
 * A command as deciders see it: what is wanted (`type`), by whom (`actor`), and its fields beside them. Where a date
 * matters the command also carries `today` or `now`, because deciders have no clock.
 */
export type CommandOf<Type extends string, Data> = { readonly type: Type; readonly actor: Actor } & Data;
