import { join } from 'node:path';
import ts from 'typescript';

/** All sources as one program of TypeScript 6, with the libs entered by their sources. `extra`: files from memory, by path. */
export function programOf(
  root: string,
  paths: readonly string[],
  extra: ReadonlyMap<string, string> = new Map(),
): ts.Program {
  const { config, error } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
  if (error) throw new Error(textOf(error));
  const { options } = ts.convertCompilerOptionsFromJson((config as { compilerOptions: object }).compilerOptions, root);
  const host = ts.createCompilerHost({ ...options, ...asOneProgram });
  const { getSourceFile, fileExists } = host;
  const planted = new Map([...extra].map(([path, text]) => [join(root, path), text]));
  host.fileExists = (name) => planted.has(name) || fileExists(name);
  host.getSourceFile = (name, target, ...rest) => {
    const text = planted.get(name);
    return text === undefined ? getSourceFile(name, target, ...rest) : ts.createSourceFile(name, text, target);
  };
  const names = [...paths, ...extra.keys()].map((path) => join(root, path));
  return ts.createProgram(names, { ...options, ...asOneProgram }, host);
}

const asOneProgram: ts.CompilerOptions = {
  composite: false,
  declaration: false,
  sourceMap: false,
  noEmit: true,
  customConditions: ['source'],
};

/** `path:line message` of what the compiler says. */
export function textOf({ file, start, messageText }: ts.Diagnostic): string {
  const text = ts.flattenDiagnosticMessageText(messageText, ' ');
  if (!file || start === undefined) return text;
  return `${file.fileName}:${file.getLineAndCharacterOfPosition(start).line + 1} ${text}`;
}
