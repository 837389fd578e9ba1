/** "OMNI": a SQLite file with this mark is a bus of the mesh. */
export const applicationId = 0x4f4d4e49;
export const schemaVersion = 1;

/** Each partition's records lie in a table of their own, `log_<id>`: what is appended goes to the end of a tree, which keeps its pages full. */
export const schema = `
  create table topic (name text primary key, partitions integer not null, cleanup text not null) without rowid;
  create table log (
    id integer primary key,
    topic text not null,
    partition integer not null,
    next_offset integer not null default 0,  -- never falls, also when every record is gone
    bytes integer not null default 0,        -- of the keys, headers and values that are there
    compacted_to integer not null default 0, -- older records of the keys below are gone
    unique (topic, partition));
  create table position (consumer_group text, log integer, next_offset integer not null, primary key (consumer_group, log)) without rowid;
`;

/** The value comes last, so that what asks for the other columns does not read it. A compacted log finds records by key. */
export function logSchema(id: number, isCompacted: boolean): string {
  const table = `
    create table log_${id} (offset integer primary key, time integer not null, key text not null, headers text, value blob);`;
  if (!isCompacted) return table;
  return `${table}
    create index log_${id}_key on log_${id} (key);
    create index log_${id}_tombstone on log_${id} (time) where value is null;`;
}
