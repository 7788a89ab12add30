CREATE TABLE bookings (
    id bigint PRIMARY KEY,
    code text NOT NULL UNIQUE,
    guest_id bigint NOT NULL,
    night date NOT NULL,
    paid_at timestamptz,
    note text
);
-- What is unique says more than a longer one.
CREATE INDEX bookings_code_night_idx ON bookings (code, night);
-- Another column comes first, another predicate, another order, another class, another kind, and a column that only the shorter has.
CREATE INDEX bookings_guest_id_idx ON bookings (guest_id);
CREATE INDEX bookings_night_guest_id_idx ON bookings (night, guest_id);
CREATE INDEX bookings_paid_guest_id_night_idx ON bookings (guest_id, night) WHERE paid_at IS NOT NULL;
CREATE INDEX bookings_paid_at_idx ON bookings (paid_at NULLS FIRST);
CREATE INDEX bookings_paid_at_night_idx ON bookings (paid_at, night);
CREATE INDEX bookings_note_idx ON bookings (note text_pattern_ops);
CREATE INDEX bookings_note_night_idx ON bookings (note, night);
CREATE INDEX bookings_night_hash_idx ON bookings USING hash (night);
CREATE INDEX bookings_lower_code_idx ON bookings (lower(code)) INCLUDE (note);
CREATE INDEX bookings_lower_code_night_idx ON bookings (lower(code), night);
