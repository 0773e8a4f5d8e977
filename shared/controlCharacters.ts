// eslint-disable-next-line no-control-regex -- the characters that must not get in
const control = /[\u0000-\u001f\u007f]/;

/**
 * Line breaks, tabs, NUL and other control characters. Names never contain them, and PostgreSQL
 * cannot store NUL.
 */
export const hasControlCharacters = (text: string): boolean => control.test(text);
