/** The types of devices and their problems as the screens meet them: through Self, never from the media folder. */
import type { Self } from '../self.svelte.ts';

export type Device = Self['microphones'][number];
export type DeviceProblem = NonNullable<Self['microphoneProblem']>;
