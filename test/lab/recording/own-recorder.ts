/**
 * The browser's own way to record a meeting, for comparison: a canvas of every picture at 25 a second, all sound mixed, into a
 * MediaRecorder. Runs in the page. Refuses to know what is measured.
 */
declare global {
  interface Window {
    ownRecorder: { stop: () => Promise<number> };
  }
}

/** Begins; `window.ownRecorder.stop()` ends it and gives its bytes. */
export async function ownRecorder(mimeType: string): Promise<void> {
  const canvas = Object.assign(document.createElement('canvas'), { width: 1280, height: 720 });
  const context = canvas.getContext('2d', { alpha: false });
  const pictures = [...document.querySelectorAll('video')].filter((video) => video.videoWidth > 0);
  const width = canvas.width / pictures.length;
  const timer = setInterval(() => {
    pictures.forEach((video, index) => {
      const height = (width * 9) / 16;
      context?.drawImage(video, index * width, (canvas.height - height) / 2, width, height);
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
