import { asyncApiDocument } from './artifacts/async-api.js';
import { jsonSchemaOf } from './artifacts/json-schema.js';
import { referencePage } from './artifacts/reference-page.js';
import { recordKinds } from './records/record-kinds.js';

/** A generated file, its path relative to the root of the repository. */
export interface Artifact {
  readonly path: string;
  readonly content: string;
}

const folder = 'docs/reference/contract';

/** What is generated of the contract: a JSON Schema for each kind of record, an AsyncAPI document, a page for people. */
export function contractArtifacts(): Artifact[] {
  const schemas = recordKinds.map((kind) => ({
    path: `${folder}/${kind.name}.v1.schema.json`,
    content: json(jsonSchemaOf(kind)),
  }));
  return [
    ...schemas,
    { path: `${folder}/asyncapi.json`, content: json(asyncApiDocument()) },
    { path: 'docs/reference/contract.md', content: referencePage() },
  ];
}

function json(document: object): string {
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
