# The parent of a private server: makes its data where there is none, runs it, and stops it when the last user is gone.
#
# Standard input: the named pipe which every user holds open for writing. Standard output and error: the log. $1: the pipe's name;
# $2: while this file is there, the server stays all the same; $3: a folder to remove at the end, or nothing; $4: the data folder;
# $5: the folder of PostgreSQL's programs; $6: --no-sync, or nothing; $7: the address of the server to be a replica of, or nothing;
# then the server's arguments. Exits with what the server did, or with 100 without data.
users=$1 keep=$2 remove=$3 data=$4 bin=$5 sync=$6 primary=$7
shift 7

exec 3<&0 </dev/null
# Meant for what runs below; we end behind it.
trap '' INT

# Beside its place first: there is never half a cluster.
make_data() {
    [ ! -e "$data" ] || { echo "ERROR: $data is there, but is no cluster" >&2; return 1; }
    rm -rf "$data.new"
    if [ -n "$primary" ]; then
        # -R writes where to find the primary.
        "$bin/pg_basebackup" -R -X stream --checkpoint=fast $sync -d "$primary" -D "$data.new"
    else
        "$bin/initdb" -U postgres --encoding=UTF8 --no-locale --auth-local=trust --auth-host=reject $sync -D "$data.new" >/dev/null
    fi && mv "$data.new" "$data"
}

(
    [ -e "$data/PG_VERSION" ] || make_data || exit 100
    exec "$bin/postgres" "$@"
) 3<&- &
server=$!

# The pipe is at its end when nobody holds it any more. It goes first, so that nobody takes hold of it in vain.
(
    while read -r _; do :; done <&3
    [ ! -e "$keep" ] || exit
    rm -f "$users"
    # To the whole group, as initdb may run instead, and more than once, as a server that has only just begun does not hear it.
    while kill -INT 0; do sleep 0.1 || sleep 1; done
) >/dev/null 2>&1 &
watcher=$!
exec 3<&-

# However the server ends, nothing of it stays behind.
wait "$server"
ended=$?
kill "$watcher"
rm -f "$users" "$keep"
[ -z "$remove" ] || rm -rf "$remove"
exit "$ended"
