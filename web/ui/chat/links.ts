/** The links in a message, found without ever making HTML of it. Refuses every scheme but http, https and mailto. */
import { tokenize } from 'linkifyjs';

export interface Piece {
  readonly text: string;
  /** Set where the text is a link. */
  readonly href?: string;
}

const SCHEMES = ['http:', 'https:', 'mailto:'];

/** `example.org` becomes https. */
export function piecesOf(text: string): Piece[] {
  return tokenize(text).map((token) => {
    const piece = { text: token.toString() };
    if (!token.isLink) return piece;
    const href = token.toHref('https');
    return URL.canParse(href) && SCHEMES.includes(new URL(href).protocol) ? { ...piece, href } : piece;
  });
}
