import { z } from 'zod';

/** Parts of answers that several routes have. */

export const time = z.iso.datetime().meta({ description: 'RFC 3339, UTC.', examples: ['2026-11-24T09:30:00.000Z'] });
export const health = z
  .enum(['healthy', 'degraded', 'critical', 'unknown'])
  .meta({ description: 'The worst of what counts. unknown: nobody can say, which is no health.' });
export const labels = z.record(z.string(), z.string());
export const seconds = z.number().min(0).meta({ description: 's' });

export const reason = z
  .object({
    component: z.string().meta({ description: 'What it is about.', examples: ['database/orders-db'] }),
    health: z.string().meta({ description: 'How much it counts for the whole, in the words of the scale.' }),
    reason: z.string().meta({ description: 'What is the matter and what to do.' }),
    since: time.optional().meta({ description: 'Since when. Absent when it can not be told.' }),
    link: z.string().optional().meta({ description: 'A path of this API where more of it stands.' }),
    runbook: z.string().optional().meta({ description: 'What to do about it, as the rule of the alert names it.' }),
  })
  .meta({ description: 'Why something is not healthy.' });
