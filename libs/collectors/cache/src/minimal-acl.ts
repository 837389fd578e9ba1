/**
 * All that the collector does to a Redis, and all that its user must be allowed. Keys and channels are none of its business.
 * Tested against a server whose user may do nothing else.
 */
export const minimalAcl = 'resetkeys resetchannels -@all +info +slowlog|get +client|setname';
