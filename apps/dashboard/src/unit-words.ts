import { type Language } from './language.js';

/**
 * A unit that stands for a word: English for one and for many, Chinese with its measure word (量词) where one is needed, so
 * that it reads well after a figure.
 */
interface UnitWord {
  readonly one: string;
  readonly many: string;
  readonly chinese: string;
}

const word = (one: string, many: string, chinese: string): UnitWord => ({ one, many, chinese });
const counted = (one: string, chinese: string): UnitWord => word(one, `${one}s`, chinese);

/** By UCUM's code, exactly as written: `a` is a year, `A` would be an ampere. English reads `h`, `min` and `s` as they are. */
const BY_CODE: Readonly<Record<string, UnitWord>> = {
  s: word('s', 's', '秒'),
  min: word('min', 'min', '分钟'),
  h: word('h', 'h', '小时'),
  d: counted('day', '天'),
  wk: counted('week', '周'),
  mo: counted('month', '个月'),
  a: counted('year', '年'),
  CNY: word('CNY', 'CNY', '元'),
};

/** What cities, ministries and hospitals count; looked up in singular and plural. */
const COUNTED: readonly UnitWord[] = [
  counted('second', '秒'),
  counted('minute', '分钟'),
  counted('hour', '小时'),
  counted('day', '天'),
  counted('week', '周'),
  counted('month', '个月'),
  counted('year', '年'),
  counted('accident', '起事故'),
  counted('admission', '人次住院'),
  counted('appeal', '件申诉'),
  counted('application', '件申请'),
  counted('appointment', '次预约'),
  counted('attendance', '人次就诊'),
  counted('bed', '张床位'),
  counted('bicycle', '辆自行车'),
  counted('bike', '辆自行车'),
  counted('building', '栋建筑'),
  word('bus', 'buses', '辆公交车'),
  counted('call', '次呼叫'),
  counted('car', '辆汽车'),
  counted('case', '例'),
  word('child', 'children', '名儿童'),
  counted('collision', '起碰撞'),
  counted('complaint', '件投诉'),
  counted('death', '例死亡'),
  counted('decision', '项决定'),
  counted('departure', '班次'),
  counted('dose', '剂'),
  counted('employee', '名职工'),
  counted('event', '起事件'),
  counted('fire', '起火灾'),
  counted('hectare', '公顷'),
  counted('household', '户'),
  counted('incident', '起事件'),
  counted('infection', '例感染'),
  counted('inhabitant', '名居民'),
  word('injury', 'injuries', '人受伤'),
  counted('inspection', '次检查'),
  counted('job', '个岗位'),
  counted('journey', '次出行'),
  counted('operation', '台手术'),
  counted('passenger', '名乘客'),
  counted('patient', '名患者'),
  counted('permit', '件许可'),
  word('person', 'people', '人'),
  word('person', 'persons', '人'),
  counted('pupil', '名学生'),
  counted('report', '份报告'),
  counted('request', '件请求'),
  counted('resident', '名居民'),
  counted('school', '所学校'),
  counted('student', '名学生'),
  counted('teacher', '名教师'),
  counted('test', '次检测'),
  counted('train', '列火车'),
  counted('tree', '棵树'),
  counted('trip', '次出行'),
  counted('vehicle', '辆车'),
  counted('visit', '人次'),
  counted('visitor', '名访客'),
];

const BY_WORD: ReadonlyMap<string, UnitWord> = new Map(
  COUNTED.flatMap((unit) => [[unit.one, unit] as const, [unit.many, unit] as const]),
);

/** Clock time in a denominator: `km/h` is a symbol in every language, `辆/小时` is not. */
const CLOCK_TIMES = new Set(['s', 'min', 'h']);

/**
 * A unit with the words in it put into the reader's language, and without the braces that UCUM puts around what is counted.
 * What the dictionary does not know is shown as it was registered.
 *
 * @param digits the figure beside it, for "1 day"
 * @param symbolOf writes a part that is no word, for example `m3` as `m³`
 */
export function unitInWords(
  unitOfMeasure: string,
  language: Language,
  digits: string,
  symbolOf: (part: string) => string,
): string {
  const [counter = '', ...denominators] = unitOfMeasure.split('/');
  const counterWord = wordOf(counter);
  const isCounted = counterWord !== undefined || counter.startsWith('{');
  const single = denominators.map((part) => {
    const unit = CLOCK_TIMES.has(part) && !isCounted ? undefined : wordOf(part);
    // In a rate the measure word of the month goes: "/月".
    return unit === undefined ? symbolOf(withoutBraces(part)) : textOf(unit, language, '1').replace(/^个/, '');
  });
  const first = counterWord === undefined ? symbolOf(withoutBraces(counter)) : textOf(counterWord, language, digits);
  return [first, ...single].join('/');
}

function wordOf(part: string): UnitWord | undefined {
  if (Object.hasOwn(BY_CODE, part)) return BY_CODE[part];
  return BY_WORD.get(withoutBraces(part).toLowerCase());
}

const textOf = ({ one, many, chinese }: UnitWord, language: Language, digits: string): string => {
  if (language === 'zh-CN') return chinese;
  return digits === '1' ? one : many;
};

const withoutBraces = (part: string): string => part.replace(/[{}]/g, '');
