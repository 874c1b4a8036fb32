import { readFileSync, writeFileSync } from 'node:fs';

/** Resident memory of a process on Linux, in bytes, all its threads included. */
export interface ProcessMemory {
  readonly now_bytes: number;
  /** The most since the start or since `forgetPeak`: counted by the kernel, so no sample can miss it. */
  readonly peak_bytes: number;
}

const KIBIBYTE = 1024;

export function memoryOf(pid: number): ProcessMemory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string): number => {
    const match = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status);
    if (match === null) throw new Error(`the kernel does not say ${name} of process ${pid}`);
    return Number(match[1]) * KIBIBYTE;
  };
  return { now_bytes: bytes('VmRSS'), peak_bytes: bytes('VmHWM') };
}

/** The peak is counted anew from what is resident now. */
export function forgetPeak(pid: number): void {
  const RESET_PEAK = '5';
  writeFileSync(`/proc/${pid}/clear_refs`, RESET_PEAK);
}
