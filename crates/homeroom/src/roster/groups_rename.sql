-- Without the columns of the tree's shape, so that its lock is not taken. The slug stays: addresses keep working.
UPDATE groups SET name = renamed.name FROM unnest($1, $2) AS renamed (id, name) WHERE groups.id = renamed.id
