# The parent of a private server: it stops the server when the last user is gone.
#
# $1: the named pipe which every user holds open for writing; $2: while this file is there, the server stays all the same;
# $3: the server's log; $4: a folder to remove at the end, or nothing; then the server's command.
users=$1 keep=$2 log=$3 remove=$4
shift 4

# The program that starts us holds the pipe open already.
exec 3<"$users"
"$@" </dev/null >"$log" 2>&1 3<&- &
server=$!

# The pipe is at its end when nobody holds it any more. It goes first, so that nobody takes hold of it in vain.
(
    while read -r _; do :; done <&3
    [ -e "$keep" ] || { rm -f "$users"; kill -INT "$server"; }
) &
watcher=$!
exec 3<&-

# However the server ends, nothing of it stays behind.
wait "$server"
kill "$watcher"
rm -f "$users" "$keep"
[ -z "$remove" ] || rm -rf "$remove"
