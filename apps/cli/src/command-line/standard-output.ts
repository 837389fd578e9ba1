import { once } from 'node:events';
import type { Output } from './command.js';

/** Lines for stdout, no faster than they are read. `onGone`: nobody reads them any more, which is no fault of ours. */
export function standardOutput(stream: NodeJS.WriteStream, onGone: () => void): Output {
  let isGone = false;
  stream.on('error', () => {
    isGone = true;
    onGone();
  });
  return {
    get columns() {
      return stream.isTTY ? Math.max(60, stream.columns) : Infinity;
    },
    async write(line) {
      if (isGone || stream.write(`${line}\n`)) return;
      // An error ends the waiting, too: the listener above has taken note of it.
      await once(stream, 'drain').catch(() => undefined);
    },
  };
}
