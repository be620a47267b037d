/**
 * In a page: cameras give small pictures, so that two cores carry several people and have time left for what is tested. Stands on
 * nothing of its file, because browsers are also given it as text. Refuses to know what is tested.
 */
export interface Capture {
  width: number;
  height: number;
  frameRate: number;
}

export function shrinkCaptures(capture: Capture): void {
  const devices = navigator.mediaDevices;
  const original = devices.getUserMedia.bind(devices);
  devices.getUserMedia = (constraints) => {
    const { width, height, frameRate } = capture;
    const video = constraints?.video && {
      width: { ideal: width },
      height: { ideal: height },
      frameRate: { ideal: frameRate, max: frameRate },
    };
    return original({ ...constraints, ...(video && { video }) });
  };
}
