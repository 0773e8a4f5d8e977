const code = (character: string) => character.charCodeAt(0);
const quote = code('"');
const backslash = code('\\');
const opening = [code('['), code('{')];
const closing = [code(']'), code('}')];

/**
 * Whether lists and objects of a JSON text nest deeper than a limit. Reads the text once. Printing a
 * parsed list takes time that grows with the square of its depth, so the depth is checked first.
 */
export function nestsDeeperThan(limit: number, json: string): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < json.length; at++) {
    const one = json.charCodeAt(at);
    if (isText) {
      if (one === backslash) at++;
      else if (one === quote) isText = false;
    } else if (one === quote) isText = true;
    else if (one === opening[0] || one === opening[1]) {
      if (++depth > limit) return true;
    } else if (one === closing[0] || one === closing[1]) depth--;
  }
  return false;
}
