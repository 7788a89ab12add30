-- Addresses that the package gives to another of its people are taken from those who have them now: two people can swap
-- theirs, and a unique index is asked row by row.
UPDATE users SET email = NULL
FROM roster_users holder, roster_users claimant
WHERE holder.known AND users.id = holder.user_id AND users.deleted_at IS NULL
    AND claimant.email IS NOT NULL AND NOT claimant.gone
    AND lower(claimant.email) = lower(users.email) AND claimant.user_id <> users.id
