/**
 * Puts a function in the place of a method, on this object only, and gives the function that takes it away again. Where another
 * one was put over it meanwhile, it stays below that one and only passes on: `isActive` is false then.
 */
export function replaceMethod<Target extends object, Name extends keyof Target>(
  target: Target,
  name: Name,
  wrap: (original: Target[Name], isActive: () => boolean) => Target[Name],
): () => void {
  const original = target[name];
  const wasOwn = Object.hasOwn(target, name);
  let active = true;
  const replacement = wrap(original, () => active);
  target[name] = replacement;
  return () => {
    active = false;
    if (target[name] !== replacement) return;
    if (wasOwn) target[name] = original;
    else delete target[name];
  };
}
