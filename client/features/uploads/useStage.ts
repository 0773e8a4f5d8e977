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

/** Image paths inside the chosen zips, as far as they can be read here. */
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

/** What was chosen and not sent yet, with the two decisions to take about it. */
export function useStage(limits: StageLimits | undefined) {
  const [staged, setStaged] = useState<Staged>(emptyStage);
  // Off at first: labels that nobody meant are worse than labels that are missing.
  const [classFromFolder, setClassFromFolder] = useState(false);
  const [heldOut, setHeldOut] = useState(false);
  const zipPaths = useZipPaths(staged);
  const folders = countFolders([...staged.images.map((image) => image.path), ...zipPaths]);
  // The decisions go with the files they were taken about: the next ones may be of another kind.
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
    /** Hands over what is staged and starts afresh. */
    take: () => {
      const uploads = toUploads(staged, { classFromFolder, heldOut });
      clear();
      return uploads;
    },
  };
}

export type Stage = ReturnType<typeof useStage>;
