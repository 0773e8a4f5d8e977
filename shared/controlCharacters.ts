// eslint-disable-next-line no-control-regex -- the characters that must not get in
const control = /[\u0000-\u001f\u007f]/;

/** Line breaks, tabs, NUL and the like: no name of ours holds them, and PostgreSQL takes no NUL at all. */
export const hasControlCharacters = (text: string): boolean => control.test(text);
