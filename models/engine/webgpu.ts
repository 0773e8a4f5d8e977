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
 * Dawn, put where a browser has it: TensorFlow.js looks for `navigator.gpu`.
 *
 * @throws Error when the package `webgpu` is not installed
 */
export function dawn(): GPU {
  if (gpu) return gpu;
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
