import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Level 1: the bytes of gzip at the CPU of no compression, measured on measurement records. */
const options = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** kafkajs names the codec but brings no implementation; Node 24 has one. */
export function registerZstd(): void {
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({
    compress: async (encoder: { buffer: Buffer }) => compress(encoder.buffer, options),
    decompress: async (buffer: Buffer) => decompress(buffer),
  });
}
