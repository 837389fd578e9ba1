import { connect } from 'node:net';
import type { RedisServer } from '@omninode/local-services';

/** Sends commands as a person would type them, and waits until each is answered, also with a refusal. */
export async function redisCommands({ host, port }: RedisServer, ...commands: string[]): Promise<void> {
  const socket = connect(port, host);
  let answers = 0;
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject).once('close', () => reject(new Error('Redis closed the connection.')));
    socket.on('data', (part: Buffer) => {
      answers += part.toString('latin1').match(/^[+:_-]|^\$-1|^\$\d/gm)?.length ?? 0;
      if (answers >= commands.length) resolve();
    });
    socket.write(commands.map((command) => `${command}\r\n`).join(''));
  }).finally(() => socket.destroy());
}
