import { ColorSwatch, Group, Text } from '@mantine/core';

export interface ClassSwatchProps {
  /** `#rrggbb`. */
  color: string;
  /** Text beside the swatch. Without it the swatch is decoration. */
  name?: string;
  /** Diameter in pixels. */
  size?: number;
}

/** Shows the colour of a class, with its name beside it. */
export function ClassSwatch({ color, name, size = 10 }: ClassSwatchProps) {
  const swatch = <ColorSwatch color={color} size={size} withShadow={false} aria-hidden />;
  if (!name) return swatch;
  return (
    <Group component="span" gap={6} wrap="nowrap" style={{ minWidth: 0 }}>
      {swatch}
      <Text span inherit truncate title={name}>
        {/* A right-to-left name does not reorder the text around it. */}
        <bdi>{name}</bdi>
      </Text>
    </Group>
  );
}
