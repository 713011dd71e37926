import { basename } from 'node:path';
import type { Project } from '../config/load-config.ts';
import { type Built, build, type Recipe } from './build.ts';
import { type ContentStore, sha256Of } from './content-store.ts';
import type { History } from './history.ts';
import type { Worktree, Worktrees } from './worktrees.ts';

const SCENARIO = '.scenario.ts';

/** A kernel that was built: sha256 of its files, which the store has. */
export interface Kernel {
  readonly kind: 'kernel';
  readonly image: string;
  readonly symbols: string | undefined;
  readonly further?: Readonly<Record<string, string>>; // by the paths as config and scenarios write them
}

/** A kernel, or why there is none. */
export type KernelOrNot = Kernel | { readonly kind: 'unbuildable'; readonly reason: string };

/** Told before and after each build. */
export interface BuildListener {
  readonly onBuild: (commit: string, running: number) => void;
}

/**
 * Kernels of commits. Commits whose files are the same, apart from what belongs to gilt, share one build; a build that
 * was made once, now or by an earlier command, isn't made again.
 */
export class Kernels {
  readonly #history: History;
  readonly #store: ContentStore;
  readonly #worktrees: Worktrees;
  readonly #recipe: Recipe;
  readonly #listener: BuildListener;
  readonly #configFile: string | undefined;
  readonly #golden: string | undefined;
  readonly #byKey = new Map<string, Promise<KernelOrNot>>();
  readonly #failed = new Set<string>();
  #builds = 0;
  #running = 0;

  constructor(
    { history, store, worktrees }: { history: History; store: ContentStore; worktrees: Worktrees },
    project: Project,
    recipe: Recipe,
    listener: BuildListener,
  ) {
    this.#history = history;
    this.#store = store;
    this.#worktrees = worktrees;
    this.#recipe = recipe;
    this.#listener = listener;
    this.#configFile = history.pathOf(project.configFile);
    this.#golden = history.pathOf(project.golden);
  }

  /** How often the build command ran. */
  get builds(): number {
    return this.#builds;
  }

  /** The kernel of a commit. Errors: OperatingError when git fails, not when the build does. */
  async of(commit: string): Promise<KernelOrNot> {
    return this.#make(await this.#keyOf(commit), commit, (use) => this.#worktrees.at(commit, use));
  }

  /** The kernel of what `change` makes of a commit in a worktree; `tree` is the resulting tree. */
  async ofTree(tree: string, worktree: Worktree): Promise<KernelOrNot> {
    return this.#make(await this.#keyOf(tree), tree, (use) => use(worktree));
  }

  #make(
    key: string,
    commit: string,
    borrow: (use: (worktree: Worktree) => Promise<Built>) => Promise<Built>,
  ): Promise<KernelOrNot> {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const making = this.#findOrBuild(key, commit, borrow);
    this.#byKey.set(key, making);
    return making;
  }

  /**
   * Forgets which builds failed: a compiler may be installed until next time. Only what a killed command noted is
   * believed by the next one.
   */
  forgetFailures(): void {
    for (const key of this.#failed) this.#store.forgetRecord('failed', key);
  }

  /** Where the files of a kernel are. */
  filesOf({ image, symbols, further = {} }: Kernel): {
    readonly image: string;
    readonly symbols?: string;
    readonly furtherAt: Readonly<Record<string, string>>;
  } {
    const at = Object.entries(further).map(([path, digest]) => [path, this.#store.fileOf(digest, basename(path))]);
    const files = { image: this.#store.fileOf(image, this.#imageName), furtherAt: Object.fromEntries(at) };
    return symbols === undefined ? files : { ...files, symbols: this.#store.fileOf(symbols, this.#symbolsName) };
  }

  get #imageName(): string {
    return basename(this.#recipe.image);
  }

  get #symbolsName(): string {
    return basename(this.#recipe.symbols ?? '');
  }

  async #findOrBuild(
    key: string,
    commit: string,
    borrow: (use: (worktree: Worktree) => Promise<Built>) => Promise<Built>,
  ): Promise<KernelOrNot> {
    const stored = this.#store.record('builds', key, isKernel);
    if (stored !== undefined && this.#hasFiles(stored)) return stored;
    this.#failed.add(key);
    const failure = this.#store.record('failed', key, isFailure);
    if (failure !== undefined) return failure;
    const built = await borrow((worktree) => this.#build(commit, worktree));
    if (built.kind === 'failed') {
      const unbuildable: KernelOrNot = { kind: 'unbuildable', reason: built.reason };
      this.#store.keepRecord('failed', key, unbuildable);
      return unbuildable;
    }
    const kernel: Kernel = {
      kind: 'kernel',
      image: this.#store.keepFile(this.#imageName, built.image),
      symbols: built.symbols === undefined ? undefined : this.#store.keepFile(this.#symbolsName, built.symbols),
      ...this.#keptFurther(Object.entries(built.further)),
    };
    this.#store.keepRecord('builds', key, kernel);
    return kernel;
  }

  async #build(commit: string, worktree: Worktree): Promise<Built> {
    this.#builds++;
    this.#listener.onBuild(commit, ++this.#running);
    return build(this.#recipe, worktree, this.#worktrees).finally(() => {
      this.#running--;
    });
  }

  #keptFurther(files: readonly (readonly [string, Uint8Array])[]): Pick<Kernel, 'further'> {
    if (files.length === 0) return {};
    return {
      further: Object.fromEntries(files.map(([path, bytes]) => [path, this.#store.keepFile(basename(path), bytes)])),
    };
  }

  #hasFiles({ image, symbols, further = {} }: Kernel): boolean {
    if (!Object.entries(further).every(([path, digest]) => this.#store.hasFile(digest, basename(path)))) return false;
    const hasSymbols = symbols === undefined || this.#store.hasFile(symbols, this.#symbolsName);
    return hasSymbols && this.#store.hasFile(image, this.#imageName);
  }

  /** Scenarios and goldens come from the user's checkout: what a commit has of those makes no other kernel. */
  async #keyOf(tree: string): Promise<string> {
    const files = await this.#history.files(tree);
    const sources = files.filter((line) => !this.#isOwn(line.slice(line.indexOf('\t') + 1)));
    const { command, folder, image, symbols = '', further = {} } = this.#recipe;
    return sha256Of([command, folder, image, symbols, ...Object.entries(further).flat(), ...sources]);
  }

  #isOwn(path: string): boolean {
    return path === this.#configFile || path.endsWith(SCENARIO) || path.startsWith(`${this.#golden}/`);
  }
}

function isKernel(value: unknown): value is Kernel {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, image, symbols, further }: { [Name in keyof Kernel]?: unknown } = value;
  if (further !== undefined && (typeof further !== 'object' || further === null)) return false;
  if (!Object.values(further ?? {}).every((digest) => typeof digest === 'string')) return false;
  return kind === 'kernel' && typeof image === 'string' && (symbols === undefined || typeof symbols === 'string');
}

function isFailure(value: unknown): value is KernelOrNot & { readonly kind: 'unbuildable' } {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, reason }: { kind?: unknown; reason?: unknown } = value;
  return kind === 'unbuildable' && typeof reason === 'string';
}
