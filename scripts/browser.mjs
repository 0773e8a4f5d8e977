// Finds the Chromium that browser tests drive. On a Debian machine it installs it if we are root.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const knownPaths = [
  process.env.LABELLOOP_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

export const findBrowser = () => knownPaths.find((path) => path && existsSync(path));

const advice =
  'Chromium was not found. ' +
  'Install it (Debian: `apt-get install chromium`), or set LABELLOOP_CHROMIUM to its path.';

export async function ensureBrowser() {
  const found = findBrowser();
  if (found) return { path: found };
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return { reason: advice };
  console.log('Installing Chromium for the browser tests (apt-get install chromium) …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    execFileSync('apt-get', ['update', '-qq'], { env, stdio: 'ignore', timeout: 120_000 });
    execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], {
      env,
      stdio: 'ignore',
      timeout: 600_000,
    });
  } catch (error) {
    return { reason: `${advice} (The installation failed: ${error.message.split('\n')[0]})` };
  }
  const path = findBrowser();
  return path ? { path } : { reason: advice };
}
