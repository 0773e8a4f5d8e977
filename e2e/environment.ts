/** What the set-up hands to the tests: they run in processes of their own that inherit its variables. */
const variables = {
  url: 'LABELLOOP_E2E_URL',
  samples: 'LABELLOOP_E2E_SAMPLES',
  missing: 'LABELLOOP_E2E_MISSING',
} as const;

export interface Environment {
  /** Where the product answers. */
  url: string;
  /** A folder of folders of drawn images. */
  samples: string;
  /** Why there are no predictions on this machine; empty when there are. */
  missing: string;
}

export function provide(environment: Environment): void {
  for (const name of ['url', 'samples', 'missing'] as const)
    process.env[variables[name]] = environment[name];
}

export function environment(): Environment {
  const read = (name: keyof Environment) => {
    const value = process.env[variables[name]];
    if (value === undefined) throw new Error(`e2e/setup.ts did not provide ${variables[name]}.`);
    return value;
  };
  return { url: read('url'), samples: read('samples'), missing: read('missing') };
}
