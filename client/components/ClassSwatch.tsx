import { ColorSwatch, Group, Text } from '@mantine/core';

export interface ClassSwatchProps {
  /** `#rrggbb`. */
  color: string;
  /** Written beside the swatch; without it the swatch is decoration. */
  name?: string;
  /** Pixels across. */
  size?: number;
}

/** The colour of a class, with its name beside it. */
export function ClassSwatch({ color, name, size = 10 }: ClassSwatchProps) {
  const swatch = <ColorSwatch color={color} size={size} withShadow={false} aria-hidden />;
  if (!name) return swatch;
  return (
    <Group component="span" gap={6} wrap="nowrap" style={{ minWidth: 0 }}>
      {swatch}
      <Text span inherit truncate title={name}>
        {name}
      </Text>
    </Group>
  );
}
