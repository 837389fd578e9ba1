export function step<T>(
  name: string,
  work: () => T | Promise<T>,
  output?: { readonly isTTY?: boolean; write(text: string): unknown },
): Promise<T>;
