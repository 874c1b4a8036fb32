import type { LocalizedText } from '#lib/domain';
import { both } from '../city/city-model.js';

/** A proposal for another target, and what became of it. */
export interface TargetChangeStory {
  readonly unitId: string;
  readonly kpiId: string;
  readonly changeId: string;
  readonly value: number;
  readonly reason: string;
  readonly outcome: 'approved' | 'open' | { readonly rejectedBecause: string };
}

export interface ActionStory {
  readonly actionId: string;
  readonly title: LocalizedText;
  readonly expectedValue: number;
  /** Reports of progress, in order. */
  readonly progress: readonly { readonly percent: number; readonly note: string }[];
  readonly completed?: string;
  /** What was found later; only for completed actions. */
  readonly effectNote?: string;
}

export interface FindingStory {
  readonly kpiId: string;
  readonly criteria: string;
  readonly condition: string;
  readonly cause: string;
  readonly effect: string;
  readonly action?: ActionStory;
}

export interface ReviewStory {
  readonly unitId: string;
  /** `month` or `quarter` before the present one. */
  readonly reviewed: 'last-month' | 'last-quarter';
  readonly findings: readonly FindingStory[];
  /** Absent: the review is still open. */
  readonly conclusion?: string;
}

export const TARGET_CHANGES: readonly TargetChangeStory[] = [
  {
    unitId: 'air-quality-office',
    kpiId: 'pm25-mean',
    changeId: 'who-interim-4',
    value: 12,
    reason: 'The council adopted the stricter WHO interim target in its clean air plan.',
    outcome: 'approved',
  },
  {
    unitId: 'bus-operations',
    kpiId: 'bus-punctuality',
    changeId: 'roadworks-on-the-ring',
    value: 85,
    reason: 'Two years of roadworks on the eastern ring; detours are agreed with the contractor.',
    outcome: 'approved',
  },
  {
    unitId: 'metro-and-cycling',
    kpiId: 'metro-crowding',
    changeId: 'more-passengers',
    value: 50,
    reason: 'More passengers than planned, so the target should move with them.',
    outcome: { rejectedBecause: 'Growth was known when the target was set; run longer trains instead.' },
  },
  {
    unitId: 'emergency-care',
    kpiId: 'emergency-wait',
    changeId: 'second-triage-desk',
    value: 50,
    reason: 'A second triage desk opens at the General Hospital in spring.',
    outcome: 'open',
  },
];

export const REVIEWS: readonly ReviewStory[] = [
  {
    unitId: 'air-quality-office',
    reviewed: 'last-quarter',
    conclusion: 'NO2 falls as planned; fine particles need a measure against heating with solid fuel.',
    findings: [
      {
        kpiId: 'pm25-mean',
        criteria: 'The monthly mean follows the path to the target.',
        condition: 'In the cold months it stands well above the path.',
        cause: 'Stoves in the old town burn coal; the exchange grant is little known.',
        effect: 'People with asthma are advised to stay indoors for several weeks a year.',
        action: {
          actionId: 'stove-exchange',
          title: both('Advertise the stove exchange grant door to door', '上门宣传炉具更换补贴'),
          expectedValue: 20,
          progress: [
            { percent: 40, note: 'Half of the old town visited.' },
            { percent: 90, note: '312 applications received.' },
          ],
          completed: 'All streets of the old town visited; 341 stoves exchanged.',
          effectNote: 'A first look at the running month; the cold months will tell, after allowing for the weather.',
        },
      },
    ],
  },
  {
    unitId: 'bus-operations',
    reviewed: 'last-month',
    conclusion: 'Punctuality improves; the night line is looked at again next quarter.',
    findings: [
      {
        kpiId: 'bus-punctuality-night',
        criteria: 'No line falls more than five points behind the network.',
        condition: 'The night line is about eight points behind.',
        cause: 'Its timetable allows no time for the level crossing at West Park.',
        effect: 'Shift workers miss the last connection.',
        action: {
          actionId: 'night-timetable',
          title: both('New timetable for the night line', '调整夜班线路时刻表'),
          expectedValue: 84,
          progress: [{ percent: 60, note: 'Draft timetable agreed with the railway.' }],
        },
      },
    ],
  },
  {
    unitId: 'emergency-care',
    reviewed: 'last-quarter',
    findings: [
      {
        kpiId: 'four-hour-performance',
        criteria: 'Ninety-five of a hundred patients leave within four hours.',
        condition: 'In winter it is fewer than eighty.',
        cause: 'Beds for patients who stay are free only after the afternoon round.',
        effect: 'Patients wait on trolleys, and ambulances queue.',
        action: {
          actionId: 'morning-discharge',
          title: both('Discharge before noon on all wards', '各病区中午前办理出院'),
          expectedValue: 88,
          progress: [{ percent: 25, note: 'Two wards have started.' }],
          completed: 'All wards discharge before noon on working days.',
          effectNote: 'A first look at the running month; weekends are still slow.',
        },
      },
      {
        kpiId: 'emergency-wait',
        criteria: 'A doctor is seen within the target time.',
        condition: 'Eastside sends impossible waits now and then, which are held back.',
        cause: 'The terminal sends 99999 when a case is closed by hand.',
        effect: 'The figure rests on fewer readings than it should.',
      },
    ],
  },
  {
    unitId: 'public-health',
    reviewed: 'last-month',
    conclusion: 'Coverage in the hills grows, but too slowly for the target date.',
    findings: [
      {
        kpiId: 'vaccination-coverage',
        criteria: 'The weakest district reaches the target with the others.',
        condition: 'It is below the path.',
        cause: 'The next vaccination centre is an hour away.',
        effect: 'Families with small children do not come.',
        action: {
          actionId: 'vaccination-bus',
          title: both('A vaccination bus for the hill villages', '山区流动接种车'),
          expectedValue: 78,
          progress: [{ percent: 10, note: 'Bus ordered.' }],
        },
      },
    ],
  },
];
