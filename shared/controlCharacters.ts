// eslint-disable-next-line no-control-regex -- the characters that must not get in
const control = /[\u0000-\u001f\u007f\p{Surrogate}]/u;

/**
 * Line breaks, tabs, NUL, other control characters, and halves of a character. Names never contain
 * them: PostgreSQL cannot store NUL, and would store each half as the same sign.
 */
export const hasControlCharacters = (text: string): boolean => control.test(text);
