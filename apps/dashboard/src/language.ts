import { type LocalizedText } from './wire.js';

/** The languages of the face. */
export const LANGUAGES = ['en', 'zh-CN'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Maps a language tag (`zh`, `zh-Hans-CN`, `en-GB` …) to a language of the face; null where it is neither. */
export function languageOfTag(tag: string): Language | null {
  const primary = tag.toLowerCase().split('-')[0];
  if (primary === 'zh') return 'zh-CN';
  return primary === 'en' ? 'en' : null;
}

/** The first wish that the face can fulfil: address, stored choice, then the browser's list; English otherwise. */
export function chooseLanguage(wishes: readonly (string | null)[]): Language {
  for (const wish of wishes) {
    const language = wish === null ? null : languageOfTag(wish);
    if (language !== null) return language;
  }
  return 'en';
}

/** A text that may be there in one language only, with the language it is really in, so that it can be marked up. */
export interface SpokenText {
  readonly text: string;
  readonly language: Language;
}

/** The text in the language wished, else in the other one; `fallback` (an identifier) where there is neither. */
export function localized(text: LocalizedText | undefined, wished: Language, fallback: string): SpokenText {
  const other: Language = wished === 'en' ? 'zh-CN' : 'en';
  const own = text?.[wished];
  if (own) return { text: own, language: wished };
  const foreign = text?.[other];
  return foreign ? { text: foreign, language: other } : { text: fallback, language: wished };
}
