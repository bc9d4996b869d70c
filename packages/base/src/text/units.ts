import { sayInstant } from '../clock.ts'
import type { Language } from './say.ts'

const decimals = (language: Language, value: number, digits: number): string =>
  value.toFixed(digits).replace('.', language === 'vi' ? ',' : '.')

const scaled = (language: Language, value: number, units: readonly string[]): string => {
  const step = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3))
  const inUnit = value / 1000 ** step
  return `${decimals(language, inUnit, step === 0 || inUnit >= 100 ? 0 : 1)} ${units[step]}`
}

/** 1536000 → "1,5 MB" (Vietnamese) or "1.5 MB"; units of 1000, as makers of disks count. */
export const sayBytes = (language: Language, bytes: number): string =>
  scaled(language, bytes, ['B', 'kB', 'MB', 'GB', 'TB', 'PB'])

/** @param rate bits per second. 4000000 → "4,0 Mbit/s". */
export const sayBitRate = (language: Language, rate: number): string =>
  scaled(language, rate, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s'])

/** Whole hours from ten on, hundredths below; rounded down, so that nothing looks more complete than it is. */
export const sayHours = (language: Language, hours: number): string =>
  hours >= 10 ? String(Math.floor(hours)) : decimals(language, Math.floor(hours * 100) / 100, 2)

/** 65000 → "1:05", 3661000 → "1:01:01". */
export const sayDuration = (ms: number): string => {
  const seconds = Math.round(ms / 1000)
  const rest = `${String(Math.floor(seconds / 60) % 60).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`
  return seconds >= 3600 ? `${Math.floor(seconds / 3600)}:${rest}` : rest.replace(/^0/, '')
}

/** dd/MM/yyyy HH:mm:ss for a column whose heading says (UTC+7). */
export const sayColumnInstant = (ms: number): string => sayInstant(ms).replace(' (UTC+7)', '')
