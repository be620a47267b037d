/** The eight reactions and what they are called. */
import * as m from '../../i18n/generated/messages.js';

export const REACTIONS: readonly { emoji: string; label: () => string }[] = [
  { emoji: '👍', label: m.call_reaction_thumb },
  { emoji: '👏', label: m.call_reaction_clap },
  { emoji: '❤️', label: m.call_reaction_heart },
  { emoji: '😂', label: m.call_reaction_laugh },
  { emoji: '😮', label: m.call_reaction_wow },
  { emoji: '🎉', label: m.call_reaction_party },
  { emoji: '🤔', label: m.call_reaction_think },
  { emoji: '😢', label: m.call_reaction_sad },
];

/** Another version's reaction is its own name. */
export const reactionName = (emoji: string): string =>
  REACTIONS.find((reaction) => reaction.emoji === emoji)?.label() ?? emoji;
