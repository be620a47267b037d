/**
 * A camera for pictures: somebody drawn before a wall, instead of the browser's green test picture.
 * Knows how a face is drawn; refuses to know who sees it.
 */

export interface Look {
  wall: string;
  hair: string;
  skin: string;
  shirt: string;
}

/** Runs in the page, before its own code: from then on its camera films someone of this look, who breathes. */
export function portray({ wall, hair, skin, shirt }: Look): void {
  const canvas = document.createElement('canvas');
  canvas.width = 640;
  canvas.height = 360;
  const pen = canvas.getContext('2d');
  if (!pen) return;
  const oval = (colour: string, [x, y, width, height]: readonly [number, number, number, number]) => {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.ellipse(x, y, width, height, 0, 0, 2 * Math.PI);
    pen.fill();
  };
  const draw = () => {
    const breath = 3 * Math.sin(performance.now() / 700);
    const light = pen.createRadialGradient(180, 60, 20, 320, 180, 480);
    light.addColorStop(0, wall);
    light.addColorStop(1, '#14100e');
    pen.fillStyle = light;
    pen.fillRect(0, 0, 640, 360);
    oval(shirt, [320, 400 + breath, 170, 130]);
    oval(hair, [320, 158 + breath, 88, 100]);
    oval(skin, [320, 268 + breath, 34, 50]);
    oval(skin, [320, 180 + breath, 68, 84]);
    oval(hair, [320, 108 + breath, 66, 30]);
    oval('#1b1310', [294, 178 + breath, 6, 6]);
    oval('#1b1310', [346, 178 + breath, 6, 6]);
    pen.strokeStyle = '#5a2f26';
    pen.lineWidth = 4;
    pen.beginPath();
    pen.arc(320, 206 + breath, 22, 0.15 * Math.PI, 0.85 * Math.PI);
    pen.stroke();
  };
  setInterval(draw, 50);
  draw();

  const devices = navigator.mediaDevices;
  const real = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (constraints) => {
    const stream = await real(constraints);
    const [camera] = stream.getVideoTracks();
    const [drawn] = canvas.captureStream(20).getVideoTracks();
    if (!camera || !drawn) return stream;
    camera.stop();
    // The page asks a camera which one it is.
    drawn.getSettings = () => camera.getSettings();
    return new MediaStream([...stream.getAudioTracks(), drawn]);
  };
}
