import { contract, type Plant } from './plant.js';

/** Names, lengths and pages. */
export const textPlants: readonly Plant[] = [
  { rule: 'no-long-files', what: 'a long file', files: contract('x;\n'.repeat(301)), says: '301 lines, more than 300' },
  {
    rule: 'no-long-files',
    what: 'an app that does more than choose',
    files: { 'apps/x/src/main.ts': 'x;\n'.repeat(61) },
    says: '61 lines, more than 60',
  },
  {
    rule: 'no-names-for-anything',
    what: 'a folder for anything',
    files: { 'libs/contracts/src/utils/x.ts': '' },
    says: 'utils can hold anything',
  },
  {
    rule: 'no-names-for-anything',
    what: 'a file for anything',
    files: { 'libs/contracts/src/helpers.ts': '' },
    says: 'helpers.ts can hold anything',
  },
  {
    rule: 'files-are-named-by-role',
    what: 'a test of no kind',
    files: { 'libs/contracts/src/x.test.ts': '' },
    says: 'rename it',
  },
  {
    rule: 'files-are-named-by-role',
    what: 'a role of its own',
    files: { 'libs/contracts/src/x.manager.ts': '' },
    says: 'rename it',
  },
  {
    rule: 'no-unfinished-work',
    what: 'unfinished work',
    files: contract(`\n// ${['TO', 'DO'].join('')} later`),
    says: 'libs/contracts/src/x.ts:2 no-unfinished-work',
  },
  { rule: 'readme-is-short', what: 'a long README', files: { 'README.md': 'x\n'.repeat(81) }, says: '81 lines' },
  {
    rule: 'lock-file-has-no-addresses',
    what: 'addresses in the lock file',
    files: { 'package-lock.json': '{\n"resolved": "https://registry.example/x.tgz"}' },
    says: 'package-lock.json:2 lock-file-has-no-addresses',
  },
  {
    rule: 'families-are-listed',
    what: 'a family that is not listed',
    files: { 'libs/collectors/database/src/families/x.ts': '' },
    says: 'Nobody reads this family',
  },
];
