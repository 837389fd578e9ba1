import { inflateRawSync } from 'node:zlib';

/**
 * The bytes of one file of a zip archive (a jar is one); absent when the archive has no such file. Enough for archives below
 * 4 GB without encryption. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.
 */
export function zipEntry(archive: Buffer, wanted: string): Buffer | undefined {
  // The directory is at the end; its own end record has a comment of unknown length behind it, so it is searched from there.
  const end = archive.lastIndexOf(endOfDirectory);
  let at = archive.readUInt32LE(end + 16);
  for (let count = archive.readUInt16LE(end + 10); count > 0; count--) {
    const nameLength = archive.readUInt16LE(at + 28);
    if (archive.toString('utf8', at + 46, at + 46 + nameLength) === wanted) return unpack(archive, at);
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return undefined;
}

const endOfDirectory = Buffer.from('PK\x05\x06', 'latin1');

function unpack(archive: Buffer, directoryEntry: number): Buffer {
  const isDeflated = archive.readUInt16LE(directoryEntry + 10) === 8;
  const packedBytes = archive.readUInt32LE(directoryEntry + 20);
  const header = archive.readUInt32LE(directoryEntry + 42);
  const start = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28);
  const packed = archive.subarray(start, start + packedBytes);
  return isDeflated ? inflateRawSync(packed) : packed;
}
