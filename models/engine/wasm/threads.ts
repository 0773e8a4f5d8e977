import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  findBackendFactory,
  registerBackend,
  removeBackend,
  type KernelBackend,
} from '@tensorflow/tfjs-core';

const load = createRequire(__filename);

/** The part of Emscripten's module with tfjs's C++ kernels that we use. */
interface WasmModule {
  cwrap(name: string, result: string | null, parameters: string[]): (...values: number[]) => number;
  wasmMemory: WebAssembly.Memory;
  PThread: { unusedWorkers: ThreadWorker[]; runningWorkers: ThreadWorker[] };
  tfjs?: Record<string, unknown>;
}

interface ThreadWorker {
  unref(): void;
}

interface WasmImports extends WebAssembly.Imports {
  env: Record<string, WebAssembly.ImportValue>;
}

type Received = (instance: WebAssembly.Instance, module: WebAssembly.Module) => void;
type Factory = (settings: Record<string, unknown>) => Promise<WasmModule>;

interface WasmPackage {
  BackendWasm: new (module: WasmModule) => KernelBackend;
  setThreadsCount: (count: number) => void;
}

/** tfjs prepares eight workers, so its pool holds eight threads at most. */
export const maxWasmThreads = 8;

const moduleName = 'tfjs-backend-wasm-threaded-simd';

/**
 * Returns the script of a thread. The package holds it as a text with escapes, which its own loader
 * for browsers converts.
 */
function workerScript(folder: string): URL {
  const place = JSON.stringify(join(folder, `${moduleName}.worker.js`));
  const script = `
    import { createRequire } from 'node:module';
    const require = createRequire(${JSON.stringify(pathToFileURL(join(folder, 'worker.js')).href)});
    const text = require(${place}).wasmWorkerContents.replaceAll(String.fromCharCode(10), '\\\\n');
    new Function('require', '__filename', text)(require, ${place});`;
  return new URL(`data:text/javascript,${encodeURIComponent(script)}`);
}

/** Binds the functions that tfjs's own start-up binds to the module. */
function bind(module: WasmModule): void {
  const of = (name: string, ...parameters: string[]) => module.cwrap(name, null, parameters);
  module.tfjs = {
    init: of('init'),
    initWithThreadsCount: of('init_with_threads_count', 'number'),
    getThreadsCount: module.cwrap('get_threads_count', 'number', []),
    registerTensor: of('register_tensor', 'number', 'number', 'number'),
    disposeData: of('dispose_data', 'number'),
    dispose: of('dispose'),
  };
}

/** Returns a new view of the memory on each access, because a thread may have grown it. */
function keepViewCurrent(module: WasmModule): void {
  let view = new Uint8Array(module.wasmMemory.buffer);
  Object.defineProperty(module, 'HEAPU8', {
    get: () => {
      const { buffer } = module.wasmMemory;
      if (view.byteLength !== buffer.byteLength) view = new Uint8Array(buffer);
      return view;
    },
    set: () => undefined,
  });
}

const guarded = ['uncaughtException', 'unhandledRejection'] as const;

/** Removes the handlers that Emscripten adds to the process, because they would end it. */
async function withoutHandlers<T>(work: () => Promise<T>): Promise<T> {
  const before = guarded.map((event) => new Set(process.rawListeners(event)));
  const result = await work();
  guarded.forEach((event, at) => {
    for (const listener of process.rawListeners(event))
      if (!before[at]?.has(listener))
        process.removeListener(event, listener as (...values: unknown[]) => void);
  });
  return result;
}

async function startModule(threads: number): Promise<WasmModule> {
  const script = load.resolve(`@tensorflow/tfjs-backend-wasm/wasm-out/${moduleName}.js`);
  const folder = dirname(script);
  const binary = await readFile(join(folder, `${moduleName}.wasm`));
  const instantiate = (imports: WasmImports, received: Received) => {
    // The pool is limited to half of this number.
    imports.env['emscripten_num_logical_cores'] = () => 2 * threads;
    void WebAssembly.instantiate(binary, imports).then(({ instance, module }) =>
      received(instance, module),
    );
    return {};
  };
  const factory = load(script) as Factory;
  return withoutHandlers(() =>
    factory({
      mainScriptUrlOrBlob: script,
      locateFile: (path: string) =>
        path.endsWith('.worker.js') ? workerScript(folder) : join(folder, path),
      instantiateWasm: instantiate,
    }),
  );
}

/**
 * Registers tfjs's wasm backend with its multi-threaded SIMD module. By default tfjs uses another
 * module in Node and never starts threads (tensorflow/tfjs#3830). If the threaded module does not
 * start, the default one is used.
 *
 * @param threads 2 to 8
 */
export function registerThreadedWasm(threads: number): void {
  const { BackendWasm, setThreadsCount } = load('@tensorflow/tfjs-backend-wasm') as WasmPackage;
  const single = findBackendFactory('wasm');
  const start = async () => {
    const module = await startModule(threads);
    bind(module);
    keepViewCurrent(module);
    setThreadsCount(threads);
    const backend = new BackendWasm(module);
    const { unusedWorkers, runningWorkers } = module.PThread;
    for (const worker of [...unusedWorkers, ...runningWorkers]) worker.unref();
    return backend;
  };
  removeBackend('wasm');
  registerBackend('wasm', () => start().catch(single));
}
