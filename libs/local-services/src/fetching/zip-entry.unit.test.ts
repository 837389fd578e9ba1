import { expect, test } from 'vitest';
import { zipEntry } from './zip-entry.js';

/** Written by Python's zipfile: one file stored, one deflated, and a comment at the end. */
const archive = Buffer.from(
  'UEsDBBQAAAAAAAAAIVyzJE6WCAAAAAgAAAARAAAAZm9sZGVyL3N0b3JlZC50eHRhcyBpdCBpc1BLAwQUAAAACAAAACFchlRBpgwAAAAsAQAACgAAAHBhY2tlZC50eHRLTE/MzFNIHCWJIAFQSwECFAMUAAAAAAAAACFcsyROlggAAAAIAAAAEQAAAAAAAAAAAAAAgAEAAAAAZm9sZGVyL3N0b3JlZC50eHRQSwECFAMUAAAACAAAACFchlRBpgwAAAAsAQAACgAAAAAAAAAAAAAAgAE3AAAAcGFja2VkLnR4dFBLBQYAAAAAAgACAHcAAABrAAAAHgBhIGNvbW1lbnQgYmVoaW5kIHRoZSBkaXJlY3Rvcnk=',
  'base64',
);

test('finds stored and deflated files by their names', () => {
  expect(zipEntry(archive, 'folder/stored.txt')?.toString()).toBe('as it is');
  expect(zipEntry(archive, 'packed.txt')?.toString()).toBe('again '.repeat(50));
  expect(zipEntry(archive, 'stored.txt')).toBeUndefined();
});
