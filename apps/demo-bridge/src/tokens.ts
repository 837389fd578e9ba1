/** Injects the `Client`. */
export const CLIENT = Symbol('demo-bridge:client');
/** Injects the `HookStream`, or `null` where no Kafka is given. */
export const STREAM = Symbol('demo-bridge:stream');
/** Injects the `RedisTier`, or `null` where no Redis is given. */
export const REDIS = Symbol('demo-bridge:redis');
