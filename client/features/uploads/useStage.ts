import { useEffect, useState } from 'react';
import {
  countFolders,
  emptyStage,
  mergeStages,
  stageFiles,
  toUploads,
  type PickedFile,
  type Staged,
  type StageLimits,
} from './stageFiles';
import { zipNames } from './zipNames';

const isImageName = (name: string) => /\.(jpe?g|png|webp)$/i.test(name);

/** The image paths in the chosen zip files, as far as the browser can read them. */
function useZipPaths(staged: Staged): string[] {
  const [paths, setPaths] = useState<string[]>([]);
  useEffect(() => {
    let current = true;
    void Promise.all(staged.archives.map(({ file }) => zipNames(file).catch(() => null))).then(
      (lists) => {
        if (current) setPaths(lists.flatMap((list) => list ?? []).filter(isImageName));
      },
    );
    return () => {
      current = false;
    };
  }, [staged.archives]);
  return paths;
}

/** The files that are chosen and not uploaded yet, with their two upload options. */
export function useStage(limits: StageLimits | undefined) {
  const [staged, setStaged] = useState<Staged>(emptyStage);
  // Off by default, because unintended labels are worse than missing labels.
  const [classFromFolder, setClassFromFolder] = useState(false);
  const [heldOut, setHeldOut] = useState(false);
  const zipPaths = useZipPaths(staged);
  const folders = countFolders([...staged.images.map((image) => image.path), ...zipPaths]);
  // The options apply to these files only, so they are reset with them.
  const clear = () => {
    setStaged(emptyStage);
    setClassFromFolder(false);
    setHeldOut(false);
  };
  return {
    staged,
    folders,
    zipPaths: zipPaths.length,
    count: staged.images.length + staged.archives.length,
    bytes: [...staged.images, ...staged.archives].reduce((sum, { file }) => sum + file.size, 0),
    classFromFolder,
    setClassFromFolder,
    heldOut,
    setHeldOut,
    clear,
    add: (picked: PickedFile[]) => {
      if (limits) setStaged((before) => mergeStages(before, stageFiles(picked, limits)));
    },
    /** Returns the staged files as uploads and clears the stage. */
    take: () => {
      const uploads = toUploads(staged, { classFromFolder, heldOut });
      clear();
      return uploads;
    },
  };
}

export type Stage = ReturnType<typeof useStage>;
