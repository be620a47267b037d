/**
 * Gives the camera's picture its size back where bandwidth has come back.
 *
 * A browser that is short of bandwidth makes the picture smaller, step by step, and bigger again only after it has watched the
 * encoder for some seconds at each step; and while the picture is small it sends so little that its estimate of the
 * bandwidth stays where it is. After 150 kbit/s Chromium 156 took 17 to 24 s to be back at 360 lines, with 2 Mbit/s there
 * from the first second. Asked to keep the resolution (`degradationPreference`) it draws the whole picture with the next frame, and
 * the estimate rises by a tenth a second. It then gives up frames where bits are short: that is seen here, and ends it.
 * Refuses to know how much video is right for whom.
 */
import { keepSize } from './encodings.ts';
import { sentPicture, type SentPicture } from './stats.ts';

/** How many times the bits there must be than when they were least, or than when the whole picture was last tried. */
const MORE = 2;
/** Share of the frames that there could be, below which the whole picture is too much. */
const SMOOTH = 0.6;

export class Regrowth {
  #sender: RTCRtpSender | undefined;
  #whole = false;
  /** Bits a second: the least since the picture was shrunk, or what the whole one was last tried with. */
  #base: number | undefined;

  /** To be called every two seconds with what the connection of a camera's sender tells of itself. */
  look(sender: RTCRtpSender, stats: RTCStatsReport): void {
    if (sender !== this.#sender) {
      this.#sender = sender;
      this.#whole = false;
      this.#base = undefined;
    }
    const picture = sentPicture(stats, sender);
    if (!picture) return;
    const { frames, limitedBy } = picture;
    // Frames that are given up for want of processor are given up before they are counted: then size must go, not they.
    const whole = this.#whole ? frames >= SMOOTH && limitedBy !== 'cpu' : this.#enough(picture);
    if (whole === this.#whole) return;
    this.#whole = whole;
    if (whole) this.#base = picture.target;
    void keepSize(sender, whole ? 'whole' : 'as-it-can');
  }

  #enough({ limitedBy, target }: SentPicture): boolean {
    if (limitedBy !== 'bandwidth') {
      this.#base = undefined;
      return false;
    }
    this.#base = Math.min(this.#base ?? Infinity, target);
    return target >= MORE * this.#base;
  }
}
