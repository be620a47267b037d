/** Hands the call down to every component of a meeting, with its type. */
import { createContext } from 'svelte';
import type { Call } from '../call.svelte.ts';

export const [getCall, setCall] = createContext<Call>();
