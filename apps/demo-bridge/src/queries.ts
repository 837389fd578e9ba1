import type { Pool } from 'pg';

/** What the demo's shop asks of its database: each one a query that a real shop has, with its own cost. */
export interface DemoQuery {
  readonly name: string;
  /** How often a second all workers together run it, on average. */
  readonly perSecond: number;
  run(pool: Pool): Promise<unknown>;
}

const customers = 2_000;
const products = 500;

/** The demo's tables and their rows; does nothing where they exist. */
export async function prepareShop(pool: Pool): Promise<void> {
  await pool.query(`
    create table if not exists customers (id int primary key, name text not null, city text not null);
    create table if not exists products (id int primary key, name text not null, price numeric not null, stock int not null);
    create table if not exists orders (
      id bigint generated always as identity primary key, customer int not null references customers, product int not null
      references products, quantity int not null, placed_at timestamptz not null default now());
    create index if not exists orders_of_customer on orders (customer);
    insert into customers select n, 'Customer ' || n, 'City ' || n % 50 from generate_series(1, ${customers}) n on conflict do nothing;
    insert into products select n, 'Product ' || n, 1 + n % 90, 1000000 from generate_series(1, ${products}) n on conflict do nothing;
    insert into orders (customer, product, quantity, placed_at)
      select 1 + n % ${customers}, 1 + n % ${products}, 1 + n % 4, now() - n * interval '1 minute'
      from generate_series(1, 40000) n where not exists (select from orders);`);
}

export const queries: readonly DemoQuery[] = [
  {
    name: 'find customer',
    perSecond: 20,
    run: (pool) => pool.query('select name, city from customers where id = $1', [1 + dice(customers)]),
  },
  {
    name: 'orders of a customer',
    perSecond: 10,
    run: (pool) =>
      pool.query('select id, product, quantity from orders where customer = $1 order by placed_at desc limit 20', [
        1 + dice(customers),
      ]),
  },
  {
    name: 'place order',
    perSecond: 5,
    run: (pool) =>
      pool.query(
        `with sold as (update products set stock = stock - 1 where id = $1 returning id)
         insert into orders (customer, product, quantity) select $2, id, 1 from sold`,
        // A few products sell most: their rows are where sessions wait for each other.
        [1 + dice(5), 1 + dice(customers)],
      ),
  },
  {
    name: 'revenue by city',
    perSecond: 0.5,
    run: (pool) =>
      pool.query(
        `select city, sum(price * quantity) from orders join customers on customers.id = customer
         join products on products.id = product where placed_at > now() - interval '7 days' group by city order by 2 desc`,
      ),
  },
  {
    name: 'slow report',
    perSecond: 0.05,
    run: (pool) => pool.query('select count(*), pg_sleep(1.5) from orders where quantity > $1', [dice(4)]),
  },
];

/** A whole number from 0 up to, not including, `sides`. */
function dice(sides: number): number {
  return Math.floor(Math.random() * sides);
}
