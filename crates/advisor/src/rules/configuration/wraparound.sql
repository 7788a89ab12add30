WITH limits AS (
    SELECT
        current_setting('autovacuum_freeze_max_age')::bigint AS transactions,
        current_setting('autovacuum_multixact_freeze_max_age')::bigint AS multixacts
),
aged AS (
    SELECT
        datname,
        age(datfrozenxid)::bigint AS transactions,
        mxid_age(datminmxid)::bigint AS multixacts
    FROM pg_database
    WHERE datallowconn
),
-- What keeps vacuum from going on.
holder AS (
    SELECT format('the transaction of the session %s', pid) AS what, age(backend_xmin)::bigint AS age
    FROM pg_stat_activity
    WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid() AND backend_type <> 'autovacuum worker'
    UNION ALL
    SELECT format('the transaction of the session %s', pid), age(backend_xid)::bigint
    FROM pg_stat_activity
    WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
    UNION ALL
    SELECT format('the prepared transaction %s', gid), age(transaction)::bigint
    FROM pg_prepared_xacts
    UNION ALL
    SELECT format('the replication slot %s', slot_name), greatest(age(xmin), age(catalog_xmin))::bigint
    FROM pg_replication_slots
    WHERE xmin IS NOT NULL OR catalog_xmin IS NOT NULL
),
oldest AS (
    SELECT what, age FROM holder ORDER BY age DESC LIMIT 1
),
oldest_table AS (
    SELECT relation.oid::regclass::text AS name, age(relation.relfrozenxid)::bigint AS age
    FROM pg_class AS relation
    WHERE relation.relkind IN ('r', 'm', 't')
    ORDER BY age(relation.relfrozenxid) DESC
    LIMIT 1
)
SELECT
    'database' AS kind,
    datname::text AS object,
    format(
        '%I has not been frozen for %s million transactions of the 2,147 million that there are',
        datname, round(greatest(aged.transactions, aged.multixacts) / 1000000.0, 1)
    ) AS title,
    format(
        'Autovacuum begins at %s; the oldest transaction of %I is %s old, the oldest multixact %s.%s',
        limits.transactions, datname, aged.transactions, aged.multixacts,
        CASE WHEN oldest.age >= limits.transactions / 2 THEN format(' Held back by %s (%s old).', oldest.what, oldest.age) END
    ) AS description,
    CASE WHEN greatest(aged.transactions, aged.multixacts) > 1500000000 THEN 'Critical' ELSE 'High' END AS priority,
    greatest(aged.transactions, aged.multixacts) > 1500000000 AS blocking,
    CASE WHEN greatest(aged.transactions, aged.multixacts) > 1500000000 THEN
        'the server refuses all writes before it runs out of transactions'
    END AS blocking_why,
    jsonb_build_object(
        'transactions', aged.transactions,
        'multixacts', aged.multixacts,
        'autovacuum_freeze_max_age', limits.transactions,
        'held_back_by', oldest.what,
        'held_back_for', oldest.age,
        'oldest_table_here', CASE WHEN datname = current_database() THEN oldest_table.name END
    ) AS evidence
FROM limits
CROSS JOIN aged
LEFT JOIN oldest ON true
LEFT JOIN oldest_table ON true
-- Autovacuum begins at its limit, so an age a little above it is nothing.
WHERE aged.transactions > least(1.5 * limits.transactions, 1200000000)
    OR aged.multixacts > least(1.5 * limits.multixacts, 1200000000)
ORDER BY datname
