/** Names and lengths of time as people say them, in the page's language. */
import * as m from '../i18n/generated/messages.js';
import { getLocale } from '../i18n/generated/runtime.js';

/** A name is never empty on screen. */
export const nameOf = (name: string): string => name.trim() || m.tile_nameless();

/** "Ana, Cy and Bo"; from the fifth on "Ana, Cy, Bo and 4 others". */
export function listOf(names: readonly string[]): string {
  const list = new Intl.ListFormat(getLocale(), { type: 'conjunction' });
  if (names.length <= 4) return list.format(names);
  return list.format([...names.slice(0, 3), m.preview_others({ count: names.length - 3 })]);
}

/** Milliseconds as 4:05 or 1:02:03. */
export function clockOf(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = new Intl.NumberFormat(getLocale(), { minimumIntegerDigits: 2 });
  const one = new Intl.NumberFormat(getLocale());
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const tail = two.format(seconds % 60);
  return hours > 0 ? `${one.format(hours)}:${two.format(minutes)}:${tail}` : `${one.format(minutes)}:${tail}`;
}

/** Milliseconds as "1 hour, 5 minutes" or, below a minute, "40 seconds". */
export function lengthOf(milliseconds: number): string {
  const unit = (value: number, name: 'hour' | 'minute' | 'second') =>
    new Intl.NumberFormat(getLocale(), { style: 'unit', unit: name, unitDisplay: 'long' }).format(value);
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  const minutes = Math.round(seconds / 60);
  if (seconds < 60) return unit(seconds, 'second');
  const hours = Math.floor(minutes / 60);
  const parts = [hours > 0 ? unit(hours, 'hour') : '', minutes % 60 > 0 ? unit(minutes % 60, 'minute') : ''];
  return new Intl.ListFormat(getLocale(), { type: 'unit' }).format(parts.filter(Boolean));
}
