/** Why the room let me go, from its close code. Refuses to know the words for it. */
import { CLOSE } from '../worker/protocol.ts';

export type Refusal = 'full' | 'refused' | 'removed' | 'ended' | 'replaced' | 'version' | 'protocol' | 'rate';

/** Refusals that end even a call in progress: somebody decided so, or I am here by a newer socket. */
export const DECIDED: readonly Refusal[] = ['removed', 'ended', 'replaced'];

/** `reason` is the room's: "version" tells an old page from a wrong link. */
export function refusalOf(code: number, reason: string): Refusal {
  switch (code) {
    case CLOSE.full:
      return 'full';
    case CLOSE.removed:
      return 'removed';
    case CLOSE.ended:
      return 'ended';
    case CLOSE.replaced:
      return 'replaced';
    case CLOSE.rate:
      return 'rate';
    case CLOSE.refused:
      return reason === 'version' ? 'version' : 'refused';
    default:
      return 'protocol';
  }
}
