/** A text as YAML: in single quotes, where nothing needs an escape, as long as it has none itself. */
export function yamlText(text: string): string {
  return /['\n\r\t]/.test(text) ? JSON.stringify(text) : `'${text}'`;
}
