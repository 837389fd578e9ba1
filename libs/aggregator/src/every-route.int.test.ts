import { everyRoute, RouteTable } from '@omninode/mesh-api';
import { expect, test } from 'vitest';
import { startMeshService } from './testing/mesh-service.js';

test('the whole process serves the routes of the reference, and no other', async () => {
  const { service, stop } = await startMeshService();
  try {
    const table = service.app.get(RouteTable, { strict: false });
    expect({ undescribed: table.undescribed(), unserved: table.unserved() }).toEqual({ undescribed: [], unserved: [] });
    const named = (routes: typeof everyRoute) => routes.map(({ method, path }) => `${method} ${path}`).sort();
    expect(named(table.routes)).toEqual(named(everyRoute));
  } finally {
    await stop();
  }
});
