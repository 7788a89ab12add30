-- The numbers of a type and of its arrays; a name without a schema is looked for along the search path.
SELECT oid, typarray FROM pg_catalog.pg_type WHERE oid = concat_ws('.', quote_ident($1), quote_ident($2))::regtype
