/** Class colours in the order of use: neighbours differ in hue, later ones also in lightness. */
export const classPalette = [
  '#4c6ef5',
  '#f76707',
  '#2f9e44',
  '#e64980',
  '#1098ad',
  '#f59f00',
  '#7048e8',
  '#74b816',
  '#8d5b3e',
  '#3bc9db',
  '#e03131',
  '#5c940d',
  '#be4bdb',
  '#20c997',
  '#1864ab',
  '#868e96',
] as const;

/** Hotkeys in the order of use. Digits stay free, because they choose the top predictions. */
export const classHotkeys = [...'qwertyuiopasdfghjklzxcvbnm'] as const;
