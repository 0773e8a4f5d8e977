import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';

const load = createRequire(__filename);

/** The graphics adapter that Dawn would use. */
export interface Adapter {
  /** What the driver calls it. */
  name: string;
  /** Whether it computes on the CPU: right, and slower than the CPU's own engines. */
  software: boolean;
}

const softwareDrivers = /swiftshader|llvmpipe|lavapipe|softpipe|microsoft basic render/i;

let gpu: GPU | undefined;

/**
 * Whether the system's loader finds a library, by its own rules (`LD_LIBRARY_PATH`, its cache). One
 * that is found is let go of again: it is no addon of Node's, and the error says just that.
 */
export function findsLibrary(name: string): boolean {
  try {
    process.dlopen({ exports: {} }, name);
    return true;
  } catch (error) {
    return !/no such file/i.test((error as Error).message);
  }
}

/**
 * Whether the system shows a graphics device, so that looking for a driver is worth it. Without one,
 * Linux has software drivers at most, and trying those prints warnings that nobody asked for.
 */
export function hasGraphicsDevice(): boolean {
  if (process.platform !== 'linux') return true;
  // Of the kernel's own drivers, of NVIDIA's, and of Linux inside Windows.
  const renders = existsSync('/dev/dri')
    ? readdirSync('/dev/dri').some((name) => name.startsWith('renderD'))
    : false;
  return renders || existsSync('/dev/nvidiactl') || existsSync('/dev/dxg');
}

/**
 * Dawn, put where a browser has it: TensorFlow.js looks for `navigator.gpu`.
 *
 * @throws Error when the package `webgpu` is not installed, or Linux has no Vulkan
 */
export function dawn(): GPU {
  if (gpu) return gpu;
  // Dawn would find nothing and print so on stderr, where nobody asked for it.
  if (process.platform === 'linux' && !findsLibrary('libvulkan.so.1'))
    throw new Error('no Vulkan loader (libvulkan.so.1)');
  const native = load('webgpu') as { create(flags: string[]): GPU; globals: object };
  Object.assign(globalThis, native.globals);
  gpu = native.create([]);
  Object.defineProperty(globalThis, 'navigator', {
    value: { ...globalThis.navigator, gpu },
    configurable: true,
    writable: true,
  });
  return gpu;
}

/** The adapter of this machine; undefined where there is none, or no Dawn. */
export async function webgpuAdapter(): Promise<Adapter | undefined> {
  try {
    const adapter = await dawn().requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) return undefined;
    const { vendor, architecture, device, description } = adapter.info;
    const name = description || device || `${vendor} ${architecture}`;
    const software = [vendor, architecture, device, description].some((part) =>
      softwareDrivers.test(part),
    );
    return { name, software: software || adapter.info.isFallbackAdapter };
  } catch {
    return undefined;
  }
}
