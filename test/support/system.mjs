/**
 * What browser tests need from the system: a browser, a TURN server and a few recorded words, the distribution's own.
 * Installs them by apt where that is possible, else says the command. Plain JavaScript for Node 18.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A Debian package for each command that the tests start. */
const NEEDED = { chromium: 'chromium', turnserver: 'coturn', aplay: 'alsa-utils', ffprobe: 'ffmpeg' };
/** The same for the network lab, which says what is missing and skips where it cannot have them. */
const WANTED = { nft: 'nftables', ip: 'iproute2', 'firefox-esr': 'firefox-esr', pulseaudio: 'pulseaudio' };

function present(command) {
  // Debian keeps servers in sbin, which is not on everybody's path.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/sbin', '/usr/local/bin'];
  return folders.some((folder) => existsSync(join(folder, command)));
}

function isDebianRoot() {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version');
}

/** Ends the process with the command to run where something is missing and cannot be installed from here. */
export function installSystem() {
  const missing = Object.keys(NEEDED).filter((command) => !present(command));
  const wanted = isDebianRoot() ? Object.keys(WANTED).filter((command) => !present(command)) : [];
  if (missing.length + wanted.length === 0) return;
  const packages = [...missing, ...wanted].map((command) => NEEDED[command] ?? WANTED[command]);
  const command = `apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (!isDebianRoot()) {
    console.error(`The tests need ${missing.join(' and ')}. On Debian or Ubuntu:\n  sudo sh -c '${command}'`);
    process.exit(1);
  }
  console.log(`Installing ${packages.join(', ')}…`);
  const apt = spawnSync('sh', ['-c', command], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (apt.status === 0) return;
  console.error(`${apt.stdout}${apt.stderr}\nThis failed:\n  ${command}`);
  process.exit(1);
}
