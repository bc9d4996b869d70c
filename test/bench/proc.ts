import { readdirSync, readFileSync } from 'node:fs'

/** CPU time of a process so far in ms: nanoseconds on a CPU of each of its threads (/proc, schedstat). 0 once it is gone. */
export const cpuMs = (pid: number): number => {
  try {
    return readdirSync(`/proc/${pid}/task`).reduce(
      (sum, task) => sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6,
      0
    )
  } catch {
    return 0
  }
}

/** CPU time of the ended children of a process, ms (clock ticks of 10 ms). */
export const childrenCpuMs = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[13]) + Number(fields[14])) * 10
}

/** Resident memory in MB. */
export const rssMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024

/** Processes whose parent is `pid`. */
export const childrenOf = (pid: number): number[] => {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap(task =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
        .split(' ')
        .filter(part => part.trim() !== '')
        .map(Number)
    )
  } catch {
    return []
  }
}
