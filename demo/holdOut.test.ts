import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holdOut, readFolder } from './holdOut';

const images = (counts: Record<string, number>) =>
  Object.entries(counts).flatMap(([className, count]) =>
    Array.from({ length: count }, (_, index) => ({ className, index })),
  );
const countHeldOut = (className: string, list: { className: string; heldOut: boolean }[]) =>
  list.filter((image) => image.heldOut && image.className === className).length;

describe('holding out', () => {
  it('holds out a fifth of every class', () => {
    const split = holdOut(images({ ant: 100, bee: 31, cat: 5 }), 0.2, 1);
    expect(['ant', 'bee', 'cat'].map((name) => countHeldOut(name, split))).toEqual([20, 6, 1]);
  });

  it('keeps one image of a tiny class for training', () => {
    const split = holdOut(images({ one: 1, two: 2 }), 0.2, 1);
    expect(['one', 'two'].map((name) => countHeldOut(name, split))).toEqual([0, 1]);
  });

  it('draws the same images for the same seed, and others for another seed', () => {
    const all = images({ ant: 100, bee: 100 });
    expect(holdOut(all, 0.2, 1)).toEqual(holdOut(all, 0.2, 1));
    expect(holdOut(all, 0.2, 1)).not.toEqual(holdOut(all, 0.2, 2));
  });

  it('decides for each class by itself', () => {
    const alone = holdOut(images({ ant: 50 }), 0.2, 1);
    const together = holdOut(images({ ant: 50, bee: 50 }), 0.2, 1);
    expect(together.slice(0, 50)).toEqual(alone);
  });
});

describe('reading a folder of folders', () => {
  let folder: string;
  const put = async (path: string, content: string) => {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), content);
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'labelloop-test-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('leaves out background, hidden files, other files and second copies', async () => {
    await put('ant/1.jpg', 'a');
    await put('ant/again.jpg', 'a');
    await put('bee/1.PNG', 'b');
    await put('bee/notes.txt', 'c');
    await put('bee/.hidden.jpg', 'd');
    await put('BACKGROUND_Google/1.jpg', 'e');
    const found = await readFolder(folder);
    expect(found.map((image) => image.fileName)).toEqual(['ant/1.jpg', 'bee/1.PNG']);
  });

  it('says what is wrong with a folder of one class', async () => {
    await put('ant/1.jpg', 'a');
    await expect(readFolder(folder)).rejects.toThrow('holds 1 folders with images');
  });

  it('says that a folder is not there', async () => {
    await expect(readFolder(join(folder, 'none'))).rejects.toThrow('There is no folder');
  });
});
