interface Named {
  name: string;
}

const plain = (text: string) => text.normalize('NFKD').toLowerCase();

/**
 * Returns the classes whose name contains the letters. Those with a word that begins with them come
 * first.
 */
export function matchClasses<T extends Named>(classes: readonly T[], search: string): T[] {
  const wanted = plain(search.trim());
  if (!wanted) return [...classes];
  const rank = ({ name }: T) => {
    const text = plain(name);
    if (text === wanted) return 0;
    if (text.startsWith(wanted)) return 1;
    if (text.split(/[\s_-]+/).some((word) => word.startsWith(wanted))) return 2;
    return text.includes(wanted) ? 3 : Infinity;
  };
  return classes
    .map((one) => ({ one, rank: rank(one) }))
    .filter((entry) => entry.rank < Infinity)
    .sort((a, b) => a.rank - b.rank)
    .map(({ one }) => one);
}
