import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';

const load = createRequire(__filename);

/** The graphics adapter that Dawn would use. */
export interface Adapter {
  /** The driver's name for it. */
  name: string;
  /** Whether it computes on the CPU, which is correct, but slower than the CPU's own engines. */
  software: boolean;
}

const softwareDrivers = /swiftshader|llvmpipe|lavapipe|softpipe|microsoft basic render/i;

let gpu: GPU | undefined;

/**
 * Whether the system's loader finds a library by its own rules (`LD_LIBRARY_PATH`, its cache). A
 * found library is unloaded again. It is no Node addon, and the error says exactly that.
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
 * Whether the system has a graphics device, so that a search for a driver makes sense. Without one,
 * Linux has software drivers at most, and trying them prints warnings.
 */
export function hasGraphicsDevice(): boolean {
  if (process.platform !== 'linux') return true;
  // Devices of the kernel's own drivers, of NVIDIA's, and of Linux inside Windows.
  const renders = existsSync('/dev/dri')
    ? readdirSync('/dev/dri').some((name) => name.startsWith('renderD'))
    : false;
  return renders || existsSync('/dev/nvidiactl') || existsSync('/dev/dxg');
}

/**
 * Installs Dawn where a browser has it: TensorFlow.js reads `navigator.gpu`.
 *
 * @throws Error if the package `webgpu` is not installed, or Linux has no Vulkan
 */
export function dawn(): GPU {
  if (gpu) return gpu;
  // Without a loader Dawn finds nothing and prints that on stderr.
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

/** Returns the adapter of this machine, or undefined without one or without Dawn. */
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
