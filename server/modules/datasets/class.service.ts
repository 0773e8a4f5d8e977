import { In, type DataSource, type EntityManager } from 'typeorm';
import { insertRows } from '../../database/insertRows';
import { assignSplit } from '../../../models/training';
import { hasControlCharacters } from '../../../shared/controlCharacters';
import type { Split } from '../../../shared/enums';
import { limits } from '../../../shared/limits';
import { groupedBy } from '../../domain/groupedBy';
import type { Viewer } from '../../domain/viewer';
import { AlreadyExistsError, InvalidInputError, NotFoundError } from '../../domain/errors';
import type { EventRecorder } from '../events/event.ports';
import { Class } from './class.entity';
import type { ClassRepository } from './class.repository';
import type {
  AddClassInput,
  ArchiveClassInput,
  ReorderClassesInput,
  UpdateClassInput,
} from './class.input';
import { Dataset } from './dataset.entity';
import type { DatasetService } from './dataset.service';
import { LookAlikes } from '../../domain/lookAlikes';
import { forbiddenCharacter } from '../../domain/nameCharacters';
import { cleanName } from '../../domain/names';
import { duplicateClass, freeHotkeys, newClasses, refuseLookAlike } from './newClasses';

interface ClassResult {
  class: Class;
  dataset: Dataset;
}

export class ClassService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly classes: ClassRepository,
    private readonly datasets: DatasetService,
    private readonly events: EventRecorder,
  ) {}

  async add(viewer: Viewer | null, input: AddClassInput): Promise<ClassResult> {
    const { viewer: person, dataset } = await this.datasets.open(viewer, input.datasetId, 'manage');
    return this.change(dataset, person, async (manager, existing) => {
      const [added] = newClasses(dataset.id, [input.name], existing);
      if (!added) throw new InvalidInputError('name', 'A name cannot be empty.');
      if (input.color != null) added.color = cleanColor(input.color);
      if (input.hotkey != null) added.hotkey = cleanHotkey(input.hotkey, existing, added.id);
      await manager.insert(Class, added);
      return added.id;
    });
  }

  async update(viewer: Viewer | null, input: UpdateClassInput): Promise<ClassResult> {
    const { person, dataset, found } = await this.openClass(viewer, input.id);
    return this.change(dataset, person, async (manager, existing) => {
      const changes: Partial<Class> = {
        ...(input.name != null && { name: freeName(input.name, existing, found.id) }),
        ...(input.color != null && { color: cleanColor(input.color) }),
        ...(input.hotkey != null && { hotkey: cleanHotkey(input.hotkey, existing, found.id) }),
      };
      if (Object.keys(changes).length > 0) await manager.update(Class, { id: found.id }, changes);
      return found.id;
    });
  }

  async archive(viewer: Viewer | null, input: ArchiveClassInput): Promise<ClassResult> {
    const { person, dataset, found } = await this.openClass(viewer, input.id);
    return this.change(dataset, person, async (manager, existing) => {
      const current = existing.find((one) => one.id === found.id) ?? found;
      const others = existing.filter((one) => one.id !== found.id);
      const keyTaken = others.some((one) => !one.archivedAt && one.hotkey === current.hotkey);
      const changes = input.archived
        ? { archivedAt: current.archivedAt ?? new Date() }
        : { archivedAt: null, ...(keyTaken && { hotkey: freeHotkeys(others)[0] ?? null }) };
      await manager.update(Class, { id: found.id }, changes);
      return found.id;
    });
  }

  async reorder(viewer: Viewer | null, input: ReorderClassesInput): Promise<{ dataset: Dataset }> {
    const { viewer: person, dataset } = await this.datasets.open(viewer, input.datasetId, 'manage');
    const ids = input.classIds;
    return this.change(dataset, person, async (manager, existing) => {
      const active = existing.filter((one) => !one.archivedAt).map((one) => one.id);
      const complete =
        active.length > 0 && ids.length === active.length && new Set(ids).size === ids.length;
      if (!complete || !ids.every((id) => active.includes(id)))
        throw new InvalidInputError('classIds', 'List every unarchived class of the dataset once.');
      await this.classes.reorder(manager, ids);
      return ids[0] ?? '';
    });
  }

  find(id: string): Promise<Class | null> {
    return this.classes.find(id);
  }

  /** Assigns images of one class to the train, validation and test split, in the order in which they are labelled. */
  async placeInSplit(
    manager: EntityManager,
    splitSeed: string,
    classId: string,
    count: number,
  ): Promise<Split[]> {
    const first = await this.classes.takeSplitPositions(manager, classId, count);
    return Array.from(
      { length: count },
      (_, index) =>
        assignSplit({ seed: splitSeed, classKey: classId, position: first + index }) as Split,
    );
  }

  readonly byId = async (ids: readonly string[]): Promise<Map<string, Class>> => {
    const classes = await this.dataSource.manager.findBy(Class, { id: In([...ids]) });
    return new Map(classes.map((one) => [one.id, one]));
  };

  readonly ofDataset = async (datasetIds: readonly string[]): Promise<Map<string, Class[]>> =>
    groupedBy(datasetIds, await this.classes.ofDatasets(datasetIds), ({ datasetId }) => datasetId);

  /** Returns the names that `ensure` could not create, because the dataset has no room for them. */
  async withoutRoom(
    manager: EntityManager,
    dataset: Dataset,
    names: readonly string[],
  ): Promise<Set<string>> {
    const existing = await this.classes.lockAll(manager, dataset.id);
    const known = new Set(existing.map((one) => keyOf(one.name)));
    const missing = new Set(
      names.map((name) => keyOf(cleanName('className', name))).filter((key) => !known.has(key)),
    );
    const excess = new Set([...missing].slice(Math.max(0, limits.maxClasses - existing.length)));
    return new Set(names.filter((name) => excess.has(keyOf(cleanName('className', name)))));
  }

  /**
   * Finds classes by name and creates the missing ones, for labels from folder names. A name that
   * looks like an existing class gets no class, because a person has to decide whether they are
   * the same.
   */
  async ensure(
    manager: EntityManager,
    dataset: Dataset,
    names: readonly string[],
  ): Promise<Map<string, string>> {
    const existing = await this.classes.lockAll(manager, dataset.id);
    const byKey = new Map(existing.map((one) => [keyOf(one.name), one]));
    const wanted = new Map(names.map((name) => [keyOf(cleanName('className', name)), name]));
    const taken = new LookAlikes(existing.map(({ name }) => name));
    const missing: string[] = [];
    for (const [key, name] of wanted) {
      if (byKey.has(key) || taken.find(name) !== undefined) continue;
      taken.add(name);
      missing.push(name);
    }
    const archived = existing.filter((one) => one.archivedAt && wanted.has(keyOf(one.name)));
    const added = newClasses(dataset.id, missing, existing);
    // An upload with an archived class restores it, without its hotkey, which another class may
    // have now.
    for (const { id } of archived)
      await manager.update(Class, { id }, { archivedAt: null, hotkey: null });
    await insertRows(manager, Class, added);
    if (added.length + archived.length > 0) await this.recordChange(manager, dataset.id, null);
    for (const one of added) byKey.set(keyOf(one.name), one);
    return new Map(
      names.flatMap((name): [string, string][] => {
        const found = byKey.get(keyOf(cleanName('className', name)));
        return found ? [[name, found.id]] : [];
      }),
    );
  }

  private async openClass(viewer: Viewer | null, id: string) {
    const found = await this.classes.find(id);
    if (!found) throw new NotFoundError('Class', id);
    const opened = await this.datasets.open(viewer, found.datasetId, 'manage');
    return { found, person: opened.viewer, dataset: opened.dataset };
  }

  /**
   * Makes one change at a time per dataset, so that names, hotkeys and positions are checked
   * against the present state.
   */
  private change(
    dataset: Dataset,
    person: Viewer,
    apply: (manager: EntityManager, existing: Class[]) => Promise<string>,
  ): Promise<ClassResult> {
    return this.dataSource.transaction(async (manager) => {
      const id = await apply(manager, await this.classes.lockAll(manager, dataset.id));
      await this.recordChange(manager, dataset.id, person);
      return { class: await manager.findOneByOrFail(Class, { id }), dataset };
    });
  }

  private recordChange(
    manager: EntityManager,
    datasetId: string,
    person: Viewer | null,
  ): Promise<void> {
    return this.events.record(manager, {
      datasetId,
      type: 'classes.changed',
      payload: {},
      actorId: person?.id ?? null,
    });
  }
}

const keyOf = (name: string) => name.toLowerCase();

function freeName(given: string, existing: readonly Class[], id: string): string {
  const name = cleanName('name', given);
  const taken = existing.some(
    (one) => one.id !== id && one.name.toLowerCase() === name.toLowerCase(),
  );
  if (taken) throw duplicateClass(name);
  const others = existing.filter((one) => one.id !== id);
  refuseLookAlike(name, new LookAlikes(others.map((one) => one.name)));
  return name;
}

function cleanColor(given: string): string {
  const color = given.trim().toLowerCase();
  if (!/^#[0-9a-f]{6}$/.test(color))
    throw new InvalidInputError('color', 'Enter a colour as #rrggbb, for example #4c6ef5.');
  return color;
}

function cleanHotkey(given: string, existing: readonly Class[], id: string): string | null {
  // More than any character consists of. `normalize` takes quadratic time for a long text.
  const hotkey = given.slice(0, 100).normalize('NFC').trim().toLowerCase();
  if (!hotkey) return null;
  if ([...hotkey].length !== 1 || hasControlCharacters(hotkey) || forbiddenCharacter(hotkey))
    throw new InvalidInputError('hotkey', 'A hotkey is one character. An empty text removes it.');
  const owner = existing.find((one) => one.id !== id && !one.archivedAt && one.hotkey === hotkey);
  if (owner)
    throw new AlreadyExistsError('hotkey', `The key “${hotkey}” belongs to “${owner.name}”.`);
  return hotkey;
}
