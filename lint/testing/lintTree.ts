import { symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { repository, run } from './run';
import { withTree } from './withTree';

interface FileResult {
  filePath: string;
  messages: { ruleId: string | null; message: string }[];
}

const tsconfig = JSON.stringify({
  extends: join(repository, 'tsconfig.json'),
  compilerOptions: { incremental: false, tsBuildInfoFile: null },
  include: ['**/*'],
});

async function lint(root: string): Promise<FileResult[]> {
  await symlink(join(repository, 'node_modules'), join(root, 'node_modules'));
  const config = join(repository, 'eslint.config.mjs');
  const { output, errors } = await run('eslint', ['-c', config, '-f', 'json', '.'], { cwd: root });
  if (!output) throw new Error(`ESLint did not run: ${errors}`);
  return JSON.parse(output) as FileResult[];
}

/**
 * Lints a small tree of files, given by path, with the configuration of this project.
 * Returns what it found in each file, as `rule: message`.
 */
export function lintTree(files: Record<string, string>): Promise<Map<string, string[]>> {
  return withTree({ ...files, 'tsconfig.json': tsconfig }, async (root) => {
    const describe = ({ filePath, messages }: FileResult): [string, string[]] => [
      relative(root, filePath),
      messages.map(({ ruleId, message }) => `${ruleId}: ${message}`),
    ];
    return new Map((await lint(root)).map(describe));
  });
}
