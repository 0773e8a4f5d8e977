import type { PickedFile } from './stageFiles';

const readBatch = (reader: FileSystemDirectoryReader) =>
  new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
const fileOf = (entry: FileSystemFileEntry) =>
  new Promise<File>((resolve, reject) => entry.file(resolve, reject));

/** readEntries hands out at most 100 at a time and an empty batch at the end. */
async function readAll(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const entries: FileSystemEntry[] = [];
  for (;;) {
    const batch = await readBatch(reader);
    if (batch.length === 0) return entries;
    entries.push(...batch);
  }
}

async function walk(root: FileSystemEntry): Promise<PickedFile[]> {
  const found: PickedFile[] = [];
  const open: FileSystemEntry[] = [root];
  for (let entry = open.pop(); entry; entry = open.pop()) {
    if (entry.isDirectory) open.push(...(await readAll(entry as FileSystemDirectoryEntry)));
    else found.push({ file: await fileOf(entry as FileSystemFileEntry), path: entry.fullPath });
  }
  return found.sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }));
}

/** Dropped files and folders, with their paths. Entries must be taken before the first await. */
export async function filesOfDrop(transfer: DataTransfer): Promise<PickedFile[]> {
  const items = [...transfer.items].filter((item) => item.kind === 'file');
  const entries = items.map((item) => item.webkitGetAsEntry());
  if (entries.length === 0 || entries.every((entry) => entry === null))
    return filesOfList(transfer.files);
  const found: PickedFile[] = [];
  for (const entry of entries) if (entry) found.push(...(await walk(entry)));
  return found;
}

/** Files of a picker; a folder picker gives each its path within the folder. */
export function filesOfList(files: Iterable<File>): PickedFile[] {
  return [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}
