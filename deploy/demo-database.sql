-- What a monitored database needs: the extension, and a role that may see and do nothing else.
create extension if not exists pg_stat_statements;
create role omninode login password 'watch-demo-only';
grant pg_monitor to omninode;
