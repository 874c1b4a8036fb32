import { describe, expect, it } from '@jest/globals';
import { chooseLanguage, languageOfTag, localized } from '../src/language.js';

describe('language', () => {
  it('takes the first wish it can fulfil: address, stored choice, browser', () => {
    expect(chooseLanguage(['zh', 'en', 'en-GB'])).toBe('zh-CN');
    expect(chooseLanguage([null, 'en', 'zh-CN'])).toBe('en');
    expect(chooseLanguage(['fr', null, 'de', 'zh-Hant-TW'])).toBe('zh-CN');
    expect(chooseLanguage(['fr', null])).toBe('en');
  });

  it('does not take a language for another that begins alike', () => {
    expect(languageOfTag('zha')).toBeNull();
    expect(languageOfTag('EN-us')).toBe('en');
  });

  it('falls back to the other language and says which it is, then to the identifier', () => {
    expect(localized({ 'zh-CN': '公交' }, 'en', 'bus')).toEqual({ text: '公交', language: 'zh-CN' });
    expect(localized({ en: 'Bus', 'zh-CN': '公交' }, 'zh-CN', 'bus')).toEqual({ text: '公交', language: 'zh-CN' });
    expect(localized({ en: '' }, 'en', 'bus')).toEqual({ text: 'bus', language: 'en' });
    expect(localized(undefined, 'zh-CN', 'bus')).toEqual({ text: 'bus', language: 'zh-CN' });
  });
});
