/**
 * Why a record, or a point of it, was not taken. The codes stand in the header `dead-letter.code` of dead letters and in
 * `DecodedRecord.rejected`; they are part of the contract and do not change within a version.
 */
export const decodeCodes = {
  empty_record: 'The record has no value; a tombstone means nothing in this topic.',
  unsupported_content_type: 'The header `content-type` names neither encoding of the measurement topic.',
  unsupported_version: 'The field `v`, or the version in `content-type`, is not one that this reader knows.',
  record_too_large: 'The record is larger than `limits.recordBytes`.',
  dictionary_too_large:
    'The dictionary slice is larger than `limits.dictionaryBytes`, or names more series than allowed.',
  invalid_utf8: 'The bytes are not UTF-8.',
  invalid_json: 'The text is not JSON.',
  invalid_field: 'A field is missing or not of its type; the detail names it.',
  invalid_identity: 'Producer, entity, incarnation or sequence is missing or not of its form.',
  key_mismatch: "The record's key is not its entity, so it may lie in the wrong partition.",
  invalid_time:
    'A time is not integer milliseconds between the years 2000 and 2100, or too far from the time of its record.',
  invalid_metric: 'The name, kind, unit or help of a metric is not of its form.',
  invalid_label: "A label's name or value is not of its form, reserved, repeated, missing or one too many.",
  invalid_bounds: "A histogram's bounds do not ascend, are not finite or are too many, or another kind has bounds.",
  duplicate_series: 'The same series is defined twice in a dictionary slice, or has two points with one time in rows.',
  invalid_index: 'An index is not an integer in the range of what it points to.',
  length_mismatch: 'Columns that belong together have different lengths.',
  invalid_value: 'A value is missing, not a number, not finite, or negative where it counts something.',
  invalid_event: "An event's name, time or attributes are not of their form.",
  too_many_rejected: 'More points of the record were rejected than `limits.rejectedPoints`.',
  unknown_dictionary:
    'The data refers to series that the reader was never told of. Found by the reader, not by the decoder.',
  slot_mismatch: 'There are more or fewer values than the series have slots. Found by the reader, not by the decoder.',
  handler_failed: 'The record could be read, but its handler failed each time it was delivered.',
} as const;

export type DecodeCode = keyof typeof decodeCodes;
