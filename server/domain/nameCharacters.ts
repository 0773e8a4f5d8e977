/**
 * Characters that a name cannot contain, because they are invisible, change the direction of the
 * text around them, or have no agreed meaning.
 */

const ignorable = /^\p{Default_Ignorable_Code_Point}$/u;
const unusable = /^[\p{Control}\p{Format}\p{Unassigned}\p{Surrogate}\p{Private_Use}\u2028\u2029]$/u;
/** Arabic and Indic signs before numbers. They are formats by category, and visible. */
const visibleFormat = /^[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]$/u;
/** Scripts whose spelling needs joiners (UAX #31). */
const joinedScript =
  // cspell:disable-next-line
  /^[\p{scx=Arab}\p{scx=Syrc}\p{scx=Mong}\p{scx=Nkoo}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}\p{scx=Khmr}\p{scx=Mymr}\p{scx=Tibt}]$/u;
const letterOrMark = /^[\p{Letter}\p{Mark}]$/u;
const pictograph = /^\p{Extended_Pictographic}$/u;
const emoji = /^\p{Emoji}$/u;
const emojiModifier = /^\p{Emoji_Modifier}$/u;
const ideograph = /^\p{Ideographic}$/u;

const nonJoiner = '\u200c';
const joiner = '\u200d';
const isBetween = (character: string, from: string, to: string) =>
  character >= from && character <= to;
const isEmojiStyle = (character: string) => isBetween(character, '\ufe0e', '\ufe0f');

/** Returns the first character that a name cannot contain as `U+XXXX`. Undefined if there is none. */
export function forbiddenCharacter(name: string): string | undefined {
  const characters = [...name];
  const found = characters.find(
    (character, index) => isSuspect(character) && !isNeeded(characters, index),
  );
  return found && `U+${found.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}

const isSuspect = (character: string): boolean =>
  (unusable.test(character) && !visibleFormat.test(character)) || ignorable.test(character);

/** Whether the script or the emoji around the character needs it. */
function isNeeded(characters: readonly string[], index: number): boolean {
  const [previous, character, next] = [index - 1, index, index + 1].map(
    (at) => characters[at] ?? '',
  ) as [string, string, string];
  if (character === nonJoiner || character === joiner)
    return (
      (isJoined(previous) && isJoined(next)) ||
      (character === joiner && isPictureBefore(characters, index) && pictograph.test(next))
    );
  if (isEmojiStyle(character)) return emoji.test(previous) || ideograph.test(previous);
  if (isIdeographVariant(character)) return ideograph.test(previous);
  return isTag(character) && isFlagBefore(characters, index);
}

const isJoined = (character: string) =>
  joinedScript.test(character) && letterOrMark.test(character);
const isIdeographVariant = (character: string) =>
  isBetween(character, '\ufe00', '\ufe0d') || isInSupplement(character, 0xe0100, 0xe01ef);
const isTag = (character: string) => isInSupplement(character, 0xe0020, 0xe007f);

function isInSupplement(character: string, from: number, to: number): boolean {
  const code = character.codePointAt(0) ?? 0;
  return code >= from && code <= to;
}

/** Whether an emoji ends here: a pictograph with its style or skin tone. */
function isPictureBefore(characters: readonly string[], index: number): boolean {
  let at = index - 1;
  while (isEmojiStyle(characters[at] ?? '') || emojiModifier.test(characters[at] ?? '')) at--;
  return pictograph.test(characters[at] ?? '');
}

/** Whether tags follow a black flag, as in the flag of Scotland. */
function isFlagBefore(characters: readonly string[], index: number): boolean {
  let at = index - 1;
  while (isTag(characters[at] ?? '')) at--;
  return characters[at] === '\u{1f3f4}';
}
