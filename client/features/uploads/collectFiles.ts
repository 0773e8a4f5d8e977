import type { PickedFile } from './stageFiles';

const readBatch = (reader: FileSystemDirectoryReader) =>
  new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
const fileOf = (entry: FileSystemFileEntry) =>
  new Promise<File>((resolve, reject) => entry.file(resolve, reject));

/** `readEntries` returns at most 100 entries per call, and an empty list at the end. */
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
  const files: PickedFile[] = [];
  const pending: FileSystemEntry[] = [root];
  for (let entry = pending.pop(); entry; entry = pending.pop()) {
    if (entry.isDirectory) pending.push(...(await readAll(entry as FileSystemDirectoryEntry)));
    else files.push({ file: await fileOf(entry as FileSystemFileEntry), path: entry.fullPath });
  }
  return files.sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }));
}

/** Collects dropped files and folders. The browser provides the entries only until the first await. */
export async function filesOfDrop(transfer: DataTransfer): Promise<PickedFile[]> {
  const items = [...transfer.items].filter((item) => item.kind === 'file');
  const entries = items.map((item) => item.webkitGetAsEntry());
  if (entries.length === 0 || entries.every((entry) => entry === null))
    return filesOfList(transfer.files);
  const files: PickedFile[] = [];
  for (const entry of entries) if (entry) files.push(...(await walk(entry)));
  return files;
}

/** Collects the files of a picker. A folder picker gives each file its path in the folder. */
export function filesOfList(files: Iterable<File>): PickedFile[] {
  return [...files].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}
