-- What the rules of this folder look at: the tables of the schemas in $1, without partitions, which are as their table is, without
-- those of an extension, and without the tables in which tools of migration keep their history.
WITH tables AS (
    SELECT
        relation.oid,
        relation.oid::regclass::text AS identity,
        namespace.nspname::text AS schema,
        relation.relname::text AS name,
        relation.relkind AS kind,
        relation.reltuples AS rows
    FROM pg_class AS relation
    JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
    WHERE namespace.nspname = ANY ($1)
        AND relation.relkind IN ('r', 'p')
        AND NOT relation.relispartition
        AND relation.relname !~* (
            '^(_*(schema|ar|prisma|diesel_schema|drizzle|sqlx|refinery_schema|flyway_schema|goose_db|gorp|knex|seaql|dbmate|river)_'
            || '(migrations?|migrations_lock|internal_metadata|history|version)'
            || '|homeroom_migrations|__ef_?migrations_?history|django_migrations|alembic_version|databasechangelog(lock)?'
            || '|pgmigrations|sequelizemeta|typeorm_metadata|schema_versions?|migrations?(_history|_version)?)$'
        )
        AND NOT EXISTS (
            SELECT FROM pg_depend AS dependency
            WHERE dependency.classid = 'pg_class'::regclass
                AND dependency.objid = relation.oid
                AND dependency.deptype = 'e'
        )
),
-- Their columns, with the type below a domain.
columns AS (
    SELECT
        tables.oid AS table_oid,
        tables.identity AS table_identity,
        tables.schema,
        tables.name AS table_name,
        tables.rows,
        attribute.attnum,
        attribute.attname::text AS name,
        format('%s.%I', tables.identity, attribute.attname) AS identity,
        coalesce(base.oid, type.oid) AS type_oid,
        coalesce(base.typname, type.typname)::text AS type,
        coalesce(base.typtype, type.typtype) AS type_kind,
        format_type(attribute.atttypid, attribute.atttypmod) AS declared_type,
        CASE WHEN type.typtype = 'd' THEN type.typtypmod ELSE attribute.atttypmod END AS typmod,
        type.typtype = 'd' AS is_domain,
        attribute.atttypid AS declared_oid,
        attribute.attnotnull OR type.typnotnull AS is_not_null,
        attribute.attidentity <> '' AS is_identity,
        attribute.attgenerated <> '' AS is_generated,
        pg_get_expr(value.adbin, value.adrelid) AS value
    FROM tables
    JOIN pg_attribute AS attribute ON attribute.attrelid = tables.oid
    JOIN pg_type AS type ON type.oid = attribute.atttypid
    LEFT JOIN pg_type AS base ON type.typtype = 'd' AND base.oid = type.typbasetype
    LEFT JOIN pg_attrdef AS value ON value.adrelid = attribute.attrelid AND value.adnum = attribute.attnum
    WHERE attribute.attnum > 0
        AND NOT attribute.attisdropped
),
-- What a CHECK says, of a table or of the domain of a column.
checks AS MATERIALIZED (
    SELECT rule.conrelid AS table_oid, part.attnum, pg_get_constraintdef(rule.oid) AS definition, rule.conkey
    FROM tables
    JOIN pg_constraint AS rule ON rule.conrelid = tables.oid AND rule.contype = 'c'
    CROSS JOIN LATERAL unnest(rule.conkey) AS part (attnum)
    UNION ALL
    SELECT columns.table_oid, columns.attnum, pg_get_constraintdef(rule.oid), NULL
    FROM columns
    JOIN pg_constraint AS rule ON rule.contypid = columns.declared_oid AND rule.contype = 'c'
    WHERE columns.is_domain
),
-- The triggers of people, with the text of their functions.
triggers AS MATERIALIZED (
    SELECT
        tables.oid AS table_oid,
        item.tgname::text AS name,
        item.tgtype,
        item.tgenabled,
        item.tgnargs AS arguments,
        function.proname::text AS function,
        function.oid AS function_oid,
        function.prosrc AS source
    FROM tables
    JOIN pg_trigger AS item ON item.tgrelid = tables.oid
    JOIN pg_proc AS function ON function.oid = item.tgfoid
    WHERE NOT item.tgisinternal
)
