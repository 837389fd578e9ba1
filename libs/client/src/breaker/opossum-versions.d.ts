/** Earlier versions of opossum, installed beside each other under names of their own: its types tell of one. */
declare module 'opossum-8' {
  import CircuitBreaker from 'opossum';
  export default CircuitBreaker;
}
declare module 'opossum-9' {
  import CircuitBreaker from 'opossum';
  export default CircuitBreaker;
}
