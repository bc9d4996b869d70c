/** Jobs of one key run one after the other, those of different keys side by side. */
export const makeSerial = (): (<T>(key: string, job: () => Promise<T>) => Promise<T>) => {
  const last = new Map<string, Promise<unknown>>()
  return (key, job) => {
    const result = (last.get(key) ?? Promise.resolve()).then(job)
    const settled = result.catch(() => {})
    last.set(key, settled)
    void settled.then(() => {
      if (last.get(key) === settled) last.delete(key)
    })
    return result
  }
}
