import { cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { environment } from './environment';

export interface Sample {
  /** The class it was drawn as. */
  answer: string;
  /** "stars-007.jpg": unique in the whole set. */
  name: string;
  path: string;
}

export const sampleClasses = ['stripes', 'checks', 'dots', 'circles', 'gradient', 'stars'];

/** Draws images, `perClass` of each class, without the first `skip`. */
export async function samples(perClass: number, skip = 0): Promise<Sample[]> {
  const folder = environment().samples;
  const lists = sampleClasses.map(async (answer) => {
    const files = (await readdir(join(folder, answer))).sort().slice(skip, skip + perClass);
    return files.map((file) => ({
      answer,
      name: `${answer}-${file}`,
      path: join(folder, answer, file),
    }));
  });
  return (await Promise.all(lists)).flat();
}

/** Writes them into `folder`, each in its class's folder. */
export async function layOut(folder: string, chosen: Sample[]): Promise<void> {
  for (const { answer } of chosen) await mkdir(join(folder, answer), { recursive: true });
  await Promise.all(chosen.map(({ answer, name, path }) => cp(path, join(folder, answer, name))));
}

/** Returns the class that a file name contains. */
export const answerOf = (fileName: string): string => {
  const name = fileName.slice(fileName.lastIndexOf('/') + 1);
  return name.slice(0, name.indexOf('-'));
};
