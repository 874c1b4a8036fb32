import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * Secrets that callers carry: `<prefix>_<id>_<secret>_<checksum>`, for example `tsk_4m0k…_9xQ…_0aB3xZ`.
 *
 * The prefix lets secret scanners recognise a leaked one, the id is public and names it in the log, the secret holds 142
 * random bits, and the checksum (CRC-32 of everything before it) lets a mistyped or invented one be refused without any
 * look-up. Only the SHA-256 of the whole text is stored. A fast hash is enough, because the secret is random: there is no
 * dictionary to try.
 */
export interface IssuedToken {
  /** The whole text, shown once and never stored. */
  readonly token: string;
  /** Public name of the token; also a valid identifier of the domain. */
  readonly tokenId: string;
  /** SHA-256 of `token` in lower case hex. */
  readonly sha256: string;
}

/** A token whose shape and checksum are right. Whether it was ever issued is another question. */
export interface ParsedToken {
  readonly prefix: string;
  readonly tokenId: string;
}

/** Prefix of the keys of sources. */
export const SOURCE_KEY_PREFIX = 'tsk';
/** Prefix of the tokens of people. */
export const PERSON_TOKEN_PREFIX = 'tsp';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE36 = '0123456789abcdefghijklmnopqrstuvwxyz';
const TOKEN_ID_LENGTH = 12;
/** 24 × log2(62) = 142 bits. */
const SECRET_LENGTH = 24;
/** 62^6 > 2^32. */
const CHECKSUM_LENGTH = 6;
const TOKEN_SHAPE = new RegExp(
  `^([a-z]{3})_([a-z0-9]{${TOKEN_ID_LENGTH}})_[0-9A-Za-z]{${SECRET_LENGTH}}_[0-9A-Za-z]{${CHECKSUM_LENGTH}}$`,
);

/** Makes a new token. `prefix` is three lower case letters. */
export function issueToken(prefix: string): IssuedToken {
  if (!/^[a-z]{3}$/.test(prefix)) throw new RangeError(`a token prefix is three lower case letters, not ${prefix}`);
  const tokenId = randomText(BASE36, TOKEN_ID_LENGTH);
  const body = `${prefix}_${tokenId}_${randomText(BASE62, SECRET_LENGTH)}`;
  const token = `${body}_${checksumOf(body)}`;
  return { token, tokenId, sha256: sha256Hex(token) };
}

/** Reads a token's public parts, or null when its shape, its prefix (if one is asked for) or its checksum is wrong. */
export function parseToken(token: string, prefix?: string): ParsedToken | null {
  const match = TOKEN_SHAPE.exec(token);
  if (match === null) return null;
  const body = token.slice(0, -CHECKSUM_LENGTH - 1);
  if (token.slice(-CHECKSUM_LENGTH) !== checksumOf(body)) return null;
  if (prefix !== undefined && match[1] !== prefix) return null;
  return { prefix: match[1]!, tokenId: match[2]! };
}

/** SHA-256 of a text's UTF-8 bytes in lower case hex: what the log holds instead of a secret. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A new API key for a source. */
export function issueApiKey(): { readonly key: string; readonly keyId: string; readonly sha256: string } {
  const { token, tokenId, sha256 } = issueToken(SOURCE_KEY_PREFIX);
  return { key: token, keyId: tokenId, sha256 };
}

/** Whether this can be a source's key at all: prefix, shape and checksum. */
export function checkKeyShape(key: string): boolean {
  return parseToken(key, SOURCE_KEY_PREFIX) !== null;
}

function checksumOf(body: string): string {
  let rest = crc32(body);
  let text = '';
  for (let i = 0; i < CHECKSUM_LENGTH; i += 1) {
    text = BASE62[rest % BASE62.length]! + text;
    rest = Math.floor(rest / BASE62.length);
  }
  return text;
}

/** Every letter equally likely: a byte beyond the largest multiple of the alphabet's size is thrown away. */
function randomText(alphabet: string, length: number): string {
  const limit = 256 - (256 % alphabet.length);
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length * 2)) {
      if (byte < limit && text.length < length) text += alphabet[byte % alphabet.length]!;
    }
  }
  return text;
}
