/** Bytes as people say them. */
import { getLocale } from '../../i18n/generated/runtime.js';

/** "45 MB", "1.2 GB": decimal units, as disks are sold and browsers count. */
export function sizeOf(bytes: number): string {
  const [value, unit] = bytes >= 1e9 ? [bytes / 1e9, 'gigabyte'] : [bytes / 1e6, 'megabyte'];
  const maximumFractionDigits = unit === 'gigabyte' ? 1 : 0;
  return new Intl.NumberFormat(getLocale(), { style: 'unit', unit, maximumFractionDigits }).format(value);
}
