import { type Language } from './language.js';
import { en, type Messages } from './messages-en.js';
import { zhCN } from './messages-zh-cn.js';

/** The texts of each language. */
export const MESSAGES: Readonly<Record<Language, Messages>> = { en, 'zh-CN': zhCN };

/** The text for a code that the API may extend later; the code itself where this face does not know it yet. */
export function textOf(texts: Readonly<Record<string, string>>, code: string): string {
  return Object.hasOwn(texts, code) ? (texts[code] ?? code) : code;
}
