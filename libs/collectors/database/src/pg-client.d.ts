/** The driver without its pool, which we do not use: pg exports the file, its types do not tell of it. */
declare module 'pg/lib/client.js' {
  import { Client } from 'pg';
  export default Client;
}
