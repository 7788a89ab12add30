SELECT hypopg_create_index($1)
