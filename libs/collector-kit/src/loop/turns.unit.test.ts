import { expect, test } from 'vitest';
import { Turns } from './turns.js';

test('one at a time; who waits goes by priority, then by order', async () => {
  const turns = new Turns();
  const order: string[] = [];
  const run = async (name: string, priority: number) => {
    const end = await turns.take(priority);
    order.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    order.push(`${name} ends`);
    end();
  };
  await Promise.all([run('slow 1', 2), run('slow 2', 2), run('fast', 0), run('slow 3', 2), run('medium', 1)]);
  const names = ['slow 1', 'fast', 'medium', 'slow 2', 'slow 3'];
  expect(order).toEqual(names.flatMap((name) => [`${name} begins`, `${name} ends`]));
  const end = await turns.take(2); // free again
  end();
});
