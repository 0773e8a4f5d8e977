export interface ParsedNames {
  names: string[];
  /** Names that were given more than once. `names` contains each once. */
  repeated: string[];
}

/** Parses class names separated by lines, tabs, commas or semicolons. Case is ignored. */
export function parseClassNames(text: string): ParsedNames {
  const names = new Map<string, string>();
  const repeated = new Set<string>();
  for (const part of text.split(/[\n,;\t]/)) {
    const name = part.trim().replace(/\s+/g, ' ');
    if (!name) continue;
    const key = name.toLowerCase();
    if (names.has(key)) repeated.add(name);
    else names.set(key, name);
  }
  return { names: [...names.values()], repeated: [...repeated] };
}
