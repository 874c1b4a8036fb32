import { NAME_LENGTH_MAX, TEXT_LENGTH_MAX } from '#lib/domain';
import { TextField } from './fields.js';

/** A name or title in the languages of the face; at least one is needed. */
export class LocalizedNameBody {
  @TextField({ optional: true, max: NAME_LENGTH_MAX })
  en?: string;

  @TextField({ optional: true, max: NAME_LENGTH_MAX })
  'zh-CN'?: string;
}

/** A longer text in the languages of the face; at least one is needed. */
export class LocalizedTextBody {
  @TextField({ optional: true, max: TEXT_LENGTH_MAX })
  en?: string;

  @TextField({ optional: true, max: TEXT_LENGTH_MAX })
  'zh-CN'?: string;
}
