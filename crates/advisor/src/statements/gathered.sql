-- The statements of this database, the most expensive first; `pg_stat_statements` is found by the search_path.
SELECT
    min(query) AS query,
    sum(calls)::bigint AS calls,
    sum(total_exec_time) AS total,
    max(max_exec_time) AS longest,
    max(stddev_exec_time) AS deviation,
    sum(rows)::bigint AS rows,
    sum(temp_blks_written)::bigint AS temporary_blocks,
    sum(sum(total_exec_time)) OVER () AS total_of_all
FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND query ~* '^[\s(]*(select|insert|update|delete|with)\M'
    -- What looks at the server itself: monitoring, tools, this program.
    AND query !~* '\m(information_schema|pg_catalog|pg_stat\w*|pg_class|pg_attribute|pg_namespace|pg_proc|pg_type|pg_index|pg_locks|pg_settings|pg_database|pg_roles|pg_extension|hypopg_\w+)\M'
    AND NOT (query ~* '\m(set_config|current_setting)\(' AND query !~* '\mfrom\M')
GROUP BY queryid
HAVING sum(calls) > 0
ORDER BY sum(total_exec_time) DESC
LIMIT 2000
