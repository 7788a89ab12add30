-- $1: the schemas; $2: whether rows may be read, of which only counts come back.
WITH named AS (
    SELECT
        relation.oid AS table_oid,
        namespace.nspname AS schema,
        relation.relname AS table_name,
        attribute.attname AS column_name,
        attribute.attnum,
        attribute.atttypmod,
        type.typname,
        -- `accessToken` as `access_token`.
        lower(regexp_replace(attribute.attname, '([a-z0-9])([A-Z])', '\1_\2', 'g')) AS name
    FROM pg_attribute AS attribute
    JOIN pg_class AS relation ON relation.oid = attribute.attrelid
    JOIN pg_namespace AS namespace ON namespace.oid = relation.relnamespace
    JOIN pg_type AS type ON type.oid = attribute.atttypid
    WHERE namespace.nspname = ANY ($1)
        AND relation.relkind IN ('r', 'p')
        AND NOT relation.relispartition
        AND attribute.attnum > 0
        AND NOT attribute.attisdropped
        -- Text in whatever form; what is stored as bytes or numbers is rarely the thing itself.
        AND type.typcategory = 'S'
        AND NOT EXISTS (
            SELECT FROM pg_depend AS dependency
            WHERE dependency.classid = 'pg_class'::regclass
                AND dependency.objid = relation.oid
                AND dependency.deptype = 'e'
        )
),
suspected AS (
    SELECT
        *,
        CASE
            WHEN name ~ '(hash|digest|encrypt|cipher|crypted|salted|sealed|masked|sha\d|hmac)' THEN NULL
            WHEN name ~ '(^|_)(password|passwd|passphrase|pwd)$' THEN 'password'
            WHEN name ~ '(^|_)(access|refresh|auth|bearer|api|session|reset|password_reset|reset_password|remember|confirmation|verification|invite|invitation|oauth|id|login|magic)_token$'
                OR (name = 'token' AND table_name ~* '(session|reset|invit|verif|api|auth|refresh|access|login|token)')
                THEN 'token'
            WHEN name ~ '(^|_)(secret|secret_key|client_secret|api_secret|shared_secret|webhook_secret|signing_secret|signing_key|totp_secret|otp_secret|private_key|api_key|apikey|secret_access_key|encryption_key|recovery_code|backup_code|card_number|cvv|ssn)$'
                THEN 'secret'
        END AS suspicion
    FROM named
),
-- What the schema itself says against it.
cleared AS (
    SELECT suspected.table_oid, suspected.attnum
    FROM suspected
    WHERE suspicion IS NOT NULL
        AND (
            col_description(table_oid, attnum) ~* '(hash|digest|sha-?\d|bcrypt|argon|scrypt|encrypt|cipher|sealed)'
            OR EXISTS (
                SELECT FROM pg_constraint AS check_constraint
                WHERE check_constraint.conrelid = table_oid
                    AND check_constraint.contype = 'c'
                    AND attnum = ANY (check_constraint.conkey)
                    AND pg_get_constraintdef(check_constraint.oid) ~* '(argon|\$2|bcrypt|scrypt|pbkdf|sha\d|hash|octet_length|encrypt)'
            )
            -- bcrypt's hashes have 60 characters, argon2's and pbkdf2's 80 and more.
            OR (suspicion = 'password' AND typname = 'bpchar' AND atttypmod IN (64, 68))
            OR (suspicion = 'password' AND EXISTS (
                SELECT FROM pg_stats AS statistics
                WHERE statistics.schemaname = suspected.schema
                    AND statistics.tablename = suspected.table_name
                    AND statistics.attname = suspected.column_name
                    AND (statistics.avg_width BETWEEN 60 AND 64 OR statistics.avg_width >= 78)
            ))
        )
),
candidate AS (
    SELECT suspected.*
    FROM suspected
    WHERE (suspicion IS NOT NULL AND NOT EXISTS (
            SELECT FROM cleared WHERE cleared.table_oid = suspected.table_oid AND cleared.attnum = suspected.attnum
        ))
        -- By the shape of the data any text is looked at.
        OR ($2 AND suspicion IS NULL AND name !~ '(hash|digest)')
),
sampled AS (
    SELECT
        candidate.*,
        CASE WHEN $2 AND has_column_privilege(table_oid, attnum, 'SELECT') THEN
            -- `<row><seen>20</seen><hashed>0</hashed><token>3</token></row>`: numbers, no values.
            query_to_xml(
                format(
                    $sample$
                    SELECT
                        count(*) AS seen,
                        count(*) FILTER (
                            WHERE value ~ '^(\$(2[abxy]?|argon2(id|i|d)?|scrypt|7|6|5|1|y|pbkdf2[^$]*|bcrypt[^$]*)\$|pbkdf2_sha\d+\$|(argon2|bcrypt|bcrypt_sha256|scrypt|sha1|md5)\$|SCRAM-SHA-256\$|\{[A-Z0-9-]+\}|md5[0-9a-f]{32}$|(pbkdf2|scrypt):|vault:v\d+:|gAAAA|-----BEGIN PGP MESSAGE)'
                                OR value ~* '^([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$'
                        ) AS hashed,
                        count(*) FILTER (
                            WHERE value ~ '^(eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*$|sk_(live|test)_\w{16,}|rk_live_\w{16,}|sk-[\w-]{20,}|gh[pousr]_\w{30,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}|AKIA[A-Z0-9]{16}$|AIza[\w-]{35}$|-----BEGIN ([A-Z]+ )?PRIVATE KEY-----)'
                        ) AS token
                    FROM (SELECT %I::text AS value FROM %I.%I WHERE %I <> '' LIMIT 200) AS sample
                    $sample$,
                    column_name, schema, table_name, column_name
                ),
                false, false, ''
            )::text
        END AS sample
    FROM candidate
),
counted AS (
    SELECT
        *,
        substring(sample FROM '<seen>(\d+)</seen>')::integer AS seen,
        substring(sample FROM '<hashed>(\d+)</hashed>')::integer AS hashed,
        substring(sample FROM '<token>(\d+)</token>')::integer AS tokens
    FROM sampled
)
SELECT
    'column' AS kind,
    format('%s.%I', table_oid::regclass, column_name) AS object,
    CASE
        WHEN tokens > 0 THEN format('%s.%I holds keys or tokens in clear', table_oid::regclass, column_name)
        WHEN seen > 0 THEN format('%s.%I holds what its name says in clear', table_oid::regclass, column_name)
        ELSE format('%s.%I may hold a %s in clear', table_oid::regclass, column_name, suspicion)
    END AS title,
    CASE
        WHEN tokens > 0 THEN format(
            'Of %s values that were looked at, %s have the shape of a signed token, a provider''s key or a private key.', seen, tokens
        )
        WHEN seen > 0 THEN format(
            'Of %s values that were looked at, %s have the shape of a hash or of something encrypted.', seen, hashed
        )
        ELSE 'Its name says so, and neither its type, a constraint, a comment nor the width of its values says that it holds a hash or something encrypted.'
    END AS description,
    CASE WHEN tokens > 0 OR seen > 0 THEN 'High' ELSE 'Medium' END AS priority,
    CASE WHEN tokens > 0 OR (seen >= 3 AND suspicion = 'password') THEN 'Certain' WHEN seen > 0 THEN 'Likely' ELSE 'Hint' END AS certainty,
    jsonb_strip_nulls(jsonb_build_object(
        'column', format('%s.%I', table_oid::regclass, column_name),
        'by', CASE WHEN suspicion IS NULL THEN 'shape' WHEN seen > 0 THEN 'name and shape' ELSE 'name' END,
        'looked_at', seen,
        'hashed_or_encrypted', hashed,
        'keys_or_tokens', tokens
    )) AS evidence
FROM counted
WHERE CASE
    WHEN suspicion IS NULL THEN tokens > 0
    WHEN seen > 0 THEN tokens > 0 OR hashed < seen / 2.0
    ELSE true
END
ORDER BY 2
