import { countFolders, folderOf, mergeStages, stageFiles, toUploads } from './stageFiles';

const limits = { maxFileBytes: 100, maxArchiveBytes: 1000 };
const picked = (path: string, bytes = 10) => ({ file: new Blob(['x'.repeat(bytes)]), path });

describe('stageFiles', () => {
  it('sorts files into images, archives and local refusals', () => {
    const staged = stageFiles(
      [
        picked('cats/1.JPG'),
        picked('set.zip', 500),
        picked('noending'),
        picked('clip.mp4'),
        picked('big.png', 101),
        picked('none.webp', 0),
      ],
      limits,
    );
    expect(staged.images.map((image) => image.path)).toEqual(['cats/1.JPG', 'noending']);
    expect(staged.archives.map((archive) => archive.path)).toEqual(['set.zip']);
    expect(staged.refusals.map((refusal) => refusal.reason)).toEqual([
      'UNSUPPORTED_FORMAT',
      'TOO_LARGE',
      'EMPTY',
    ]);
  });

  it('skips the files of operating systems without a message', () => {
    const staged = stageFiles(
      [picked('a/.DS_Store'), picked('Thumbs.db'), picked('__MACOSX/a/._1.jpg')],
      limits,
    );
    expect(staged).toEqual({ images: [], archives: [], refusals: [] });
  });

  it('keeps a file once that was chosen twice', () => {
    const once = stageFiles([picked('a/1.jpg')], limits);
    expect(mergeStages(once, stageFiles([picked('./a/1.jpg')], limits)).images).toHaveLength(1);
    expect(mergeStages(once, stageFiles([picked('b/1.jpg')], limits)).images).toHaveLength(2);
  });
});

describe('classes from folders', () => {
  it('reads the folder of an image with any separator', () => {
    expect(folderOf('/photos/cat/1.jpg')).toBe('cat');
    expect(folderOf('photos\\dog\\1.jpg')).toBe('dog');
    expect(folderOf('./1.jpg')).toBeNull();
  });

  it('counts the images of each folder', () => {
    expect(countFolders(['x/cat/1.jpg', 'x/cat/2.jpg', 'x/dog/1.jpg', '3.jpg'])).toEqual([
      { name: 'cat', count: 2 },
      { name: 'dog', count: 1 },
    ]);
  });

  it('sends a class only if the option is on and the image has a folder', () => {
    const staged = stageFiles([picked('cat/1.jpg'), picked('2.jpg'), picked('s.zip')], limits);
    const inputs = (classFromFolder: boolean) =>
      toUploads(staged, { classFromFolder, heldOut: true }).map((upload) => upload.input);
    expect(inputs(true)).toMatchObject([
      { kind: 'ARCHIVE', labelsFromFolders: true, heldOut: true },
      { kind: 'IMAGE', className: 'cat' },
      { kind: 'IMAGE', className: null },
    ]);
    expect(inputs(false).some((input) => 'className' in input)).toBe(false);
  });
});
