export interface ParsedNames {
  names: string[];
  /** Given more than once; kept once. */
  repeated: string[];
}

/** Classes pasted one per line or comma separated. Upper and lower case are the same class. */
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
