import { Avatar } from '@mantine/core';

export interface PersonAvatarProps {
  person: { name: string };
  /** Diameter in pixels. */
  size?: number;
}

/** Shows a person's initials. The colour depends on the name, so it is the same everywhere. */
export function PersonAvatar({ person, size = 24 }: PersonAvatarProps) {
  return <Avatar name={person.name} color="initials" size={size} title={person.name} aria-hidden />;
}
