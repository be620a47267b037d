/**
 * The browser's own way to record a meeting, for comparison: a canvas of every picture at 25 a second, each filling its tile as in
 * a recording of ours, all sound mixed, into a MediaRecorder. Runs in the page. Refuses to know what is measured.
 */
import type { Rect } from '../../../web/grid.ts';

declare global {
  interface Window {
    ownRecorder: { stop: () => Promise<number> };
  }
}

/** Begins; `window.ownRecorder.stop()` ends it and gives its bytes. */
export async function ownRecorder({ mimeType, tiles }: { mimeType: string; tiles: Rect[] }): Promise<void> {
  const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 });
  const context = canvas.getContext('2d', { alpha: false });
  const pictures = [...document.querySelectorAll('video')].filter((video) => video.videoWidth > 0);
  const timer = setInterval(() => {
    pictures.forEach((video, index) => {
      const { x, y, width, height } = tiles[index] ?? { x: 0, y: 0, width: 0, height: 0 };
      const { videoWidth, videoHeight } = video;
      const scale = Math.max(width / videoWidth, height / videoHeight);
      const [w, h] = [width / scale, height / scale];
      context?.drawImage(video, (videoWidth - w) / 2, (videoHeight - h) / 2, w, h, x, y, width, height);
    });
  }, 40);

  const audio = new AudioContext();
  const mix = audio.createMediaStreamDestination();
  const tracks = window.observed.connections.flatMap((connection) =>
    [...connection.getSenders(), ...connection.getReceivers()].map(({ track }) => track),
  );
  for (const track of tracks) {
    if (track?.kind === 'audio') audio.createMediaStreamSource(new MediaStream([track])).connect(mix);
  }
  const stream = new MediaStream([...canvas.captureStream(25).getTracks(), ...mix.stream.getTracks()]);
  const recorder = new MediaRecorder(stream, { mimeType, videoBitsPerSecond: 2_000_000 });
  let bytes = 0;
  recorder.ondataavailable = ({ data }) => (bytes += data.size);
  recorder.start(1_000);
  window.ownRecorder = {
    stop: async () => {
      const stopped = new Promise((resolve) => (recorder.onstop = resolve));
      recorder.stop();
      await stopped;
      clearInterval(timer);
      await audio.close();
      return bytes;
    },
  };
}
