import type { RefusalReason } from '../../gql/operations';
import type { UploadSource } from './uploadTypes';

/** A chosen file with its path in the chosen folder. */
export interface PickedFile {
  file: Blob;
  path: string;
}

export interface LocalRefusal {
  fileName: string;
  reason: RefusalReason;
  message: string;
}

export interface Staged {
  images: PickedFile[];
  archives: PickedFile[];
  refusals: LocalRefusal[];
}

export interface StageLimits {
  maxFileBytes: number;
  maxArchiveBytes: number;
}

const imageName = /\.(jpe?g|jfif|png|webp)$/i;
const archiveName = /\.zip$/i;
const extension = /\.[a-z0-9]{1,8}$/i;
/** Files that operating systems leave in folders. They are skipped without a message. */
const systemFile = /(^|\/)(\.[^/]*|__MACOSX\/.*|Thumbs\.db|desktop\.ini)$|(^|\/)__MACOSX\//i;

export const emptyStage: Staged = { images: [], archives: [], refusals: [] };

/** Uses forward slashes, and removes a leading `./` or `/`. */
export const cleanPath = (path: string) => path.replace(/\\/g, '/').replace(/^(\.?\/)+/, '');

/** The name of the folder that contains the image, which can be its class. */
export function folderOf(path: string): string | null {
  const parts = cleanPath(path).split('/').filter(Boolean);
  return parts.at(-2)?.trim() || null;
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2).toLocaleString('en')} MB`;

function refusalOf(picked: PickedFile, limits: StageLimits): LocalRefusal | null {
  const { file, path } = picked;
  const refuse = (reason: RefusalReason, message: string) => ({ fileName: path, reason, message });
  if (file.size === 0) return refuse('EMPTY', 'The file is empty.');
  const archive = archiveName.test(path);
  const limit = archive ? limits.maxArchiveBytes : limits.maxFileBytes;
  if (file.size > limit)
    return refuse(
      'TOO_LARGE',
      `The file has ${megabytes(file.size)}. The limit is ${megabytes(limit)}.`,
    );
  // A file without an extension may be an image. The server checks its content.
  if (!archive && !imageName.test(path) && extension.test(path))
    return refuse('UNSUPPORTED_FORMAT', 'Only JPEG, PNG, WebP and zip files are accepted.');
  return null;
}

/** Sorts the chosen files into images, archives and files that are refused before the upload. */
export function stageFiles(picked: PickedFile[], limits: StageLimits): Staged {
  const staged: Staged = { images: [], archives: [], refusals: [] };
  for (const each of picked) {
    const one = { ...each, path: cleanPath(each.path) };
    if (systemFile.test(one.path)) continue;
    const refusal = refusalOf(one, limits);
    if (refusal) staged.refusals.push(refusal);
    else if (archiveName.test(one.path)) staged.archives.push(one);
    else staged.images.push(one);
  }
  return staged;
}

/** Merges two selections. A file with the same path and size is kept once. */
export function mergeStages(first: Staged, second: Staged): Staged {
  const unique = <T>(items: T[], key: (item: T) => string) => [
    ...new Map(items.map((item) => [key(item), item])).values(),
  ];
  const path = (item: PickedFile) => `${item.path}\0${item.file.size}`;
  return {
    images: unique([...first.images, ...second.images], path),
    archives: unique([...first.archives, ...second.archives], path),
    refusals: unique([...first.refusals, ...second.refusals], (refusal) => refusal.fileName),
  };
}

/** Counts the paths in each folder, largest folder first. Paths without a folder are ignored. */
export function countFolders(paths: Iterable<string>): { name: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const folder = folderOf(path);
    if (folder) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || a.name.localeCompare(b.name));
}

export interface StageChoices {
  classFromFolder: boolean;
  heldOut: boolean;
}

/** Puts archives first, so that the server unpacks them while the images are sent. */
export function toUploads(staged: Staged, choices: StageChoices): UploadSource[] {
  const { classFromFolder, heldOut } = choices;
  const archives = staged.archives.map(({ file, path }): UploadSource => ({
    file,
    input: {
      fileName: path,
      byteSize: file.size,
      kind: 'ARCHIVE',
      labelsFromFolders: classFromFolder,
      heldOut,
    },
  }));
  const images = staged.images.map(({ file, path }): UploadSource => ({
    file,
    input: {
      fileName: path,
      byteSize: file.size,
      kind: 'IMAGE',
      heldOut,
      ...(classFromFolder && { className: folderOf(path) }),
    },
  }));
  return [...archives, ...images];
}
