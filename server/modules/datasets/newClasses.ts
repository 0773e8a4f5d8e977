import { v7 as uuid } from 'uuid';
import { limits } from '../../../shared/limits';
import { classHotkeys, classPalette } from '../../../shared/palette';
import { AlreadyExistsError, LimitExceededError } from '../../domain/errors';
import type { Class } from './class.entity';
import { LookAlikes } from '../../domain/lookAlikes';
import { cleanName } from '../../domain/names';

/** Creates classes with the next free colours and hotkeys, placed after the existing ones. */
export function newClasses(
  datasetId: string,
  names: readonly string[],
  existing: readonly Class[],
): Class[] {
  const count = names.length + existing.length;
  if (count > limits.maxClasses) throw new LimitExceededError('classes', limits.maxClasses, count);
  const taken = new Set(existing.map((one) => one.name.toLowerCase()));
  const hotkeys = freeHotkeys(existing);
  const firstPosition = Math.max(-1, ...existing.map((one) => one.position)) + 1;
  const alike = new LookAlikes(existing.map((one) => one.name));
  return names.map((given, index) => {
    const name = cleanName('name', given);
    if (taken.has(name.toLowerCase())) throw duplicateClass(name);
    refuseLookAlike(name, alike);
    alike.add(name);
    taken.add(name.toLowerCase());
    const position = firstPosition + index;
    return {
      id: uuid(),
      datasetId,
      name,
      color: classPalette[position % classPalette.length] ?? '#4c6ef5',
      hotkey: hotkeys[index] ?? null,
      position,
      archivedAt: null,
    };
  });
}

export function freeHotkeys(existing: readonly Class[]): string[] {
  const used = new Set(existing.filter((one) => !one.archivedAt).map((one) => one.hotkey));
  return classHotkeys.filter((key) => !used.has(key));
}

/** @throws AlreadyExistsError naming the class that the name looks like */
export function refuseLookAlike(name: string, existing: LookAlikes): void {
  const other = existing.find(name);
  if (other !== undefined)
    throw new AlreadyExistsError(
      'name',
      `“${name}” looks like “${other}”, which the dataset already has. Choose another name.`,
    );
}

export const duplicateClass = (name: string) =>
  new AlreadyExistsError('name', `The dataset already has a class named “${name}”.`);
