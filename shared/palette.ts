/** Class colours in the order they are given out: told apart on light and dark, and by most colour-blind eyes. */
export const classPalette = [
  '#4c6ef5',
  '#f76707',
  '#2f9e44',
  '#e64980',
  '#1098ad',
  '#f59f00',
  '#7048e8',
  '#74b816',
  '#d6336c',
  '#1c7ed6',
  '#e8590c',
  '#0ca678',
  '#ae3ec9',
  '#5c940d',
  '#c92a2a',
  '#4263eb',
] as const;

/** Hotkeys in the order they are given out. Digits stay free: they pick the top predictions. */
export const classHotkeys = [...'qwertyuiopasdfghjklzxcvbnm'] as const;
