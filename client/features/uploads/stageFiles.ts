import type { RefusalReason } from '../../gql/operations';
import type { UploadSource } from './uploadTypes';

/** A file the person chose, with the path it had inside the folder they chose. */
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
/** Files that systems leave in folders: nobody chose them, so nobody needs to hear of them. */
const litter = /(^|\/)(\.[^/]*|__MACOSX\/.*|Thumbs\.db|desktop\.ini)$|(^|\/)__MACOSX\//i;

export const emptyStage: Staged = { images: [], archives: [], refusals: [] };

/** Folder separators made forward, no leading `./` or `/`. */
export const cleanPath = (path: string) => path.replace(/\\/g, '/').replace(/^(\.?\/)+/, '');

/** The folder an image lies in, which may be its class. */
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
    return refuse('TOO_LARGE', `${megabytes(file.size)}; at most ${megabytes(limit)} are taken.`);
  // A file without an ending may well be an image: the server looks inside.
  if (!archive && !imageName.test(path) && extension.test(path))
    return refuse('UNSUPPORTED_FORMAT', 'Only JPEG, PNG, WebP and zip are taken.');
  return null;
}

/** Sorts chosen files into images, archives and those that need not be sent to be refused. */
export function stageFiles(picked: PickedFile[], limits: StageLimits): Staged {
  const staged: Staged = { images: [], archives: [], refusals: [] };
  for (const each of picked) {
    const one = { ...each, path: cleanPath(each.path) };
    if (litter.test(one.path)) continue;
    const refusal = refusalOf(one, limits);
    if (refusal) staged.refusals.push(refusal);
    else if (archiveName.test(one.path)) staged.archives.push(one);
    else staged.images.push(one);
  }
  return staged;
}

/** The same path chosen twice is one file. */
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

/** How many paths lie in each folder, most first; those in no folder are left out. */
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

/** Archives first: the server unpacks them while the single images are still being sent. */
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
