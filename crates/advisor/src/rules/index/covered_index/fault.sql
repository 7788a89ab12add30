-- expect: index public.bookings_guest_id_idx
-- expect: index public.bookings_room_id_idx
-- expect: index public.bookings_paid_idx
CREATE TABLE bookings (
    id bigint PRIMARY KEY,
    guest_id bigint NOT NULL,
    room_id bigint NOT NULL,
    night date NOT NULL,
    paid_at timestamptz,
    UNIQUE (room_id, night)
);
CREATE INDEX bookings_guest_id_idx ON bookings (guest_id);
CREATE INDEX bookings_guest_id_night_idx ON bookings (guest_id, night);
-- The constraint begins with it, and a tree is read both ways.
CREATE INDEX bookings_room_id_idx ON bookings (room_id DESC);
CREATE INDEX bookings_paid_idx ON bookings (paid_at) WHERE paid_at IS NOT NULL;
CREATE INDEX bookings_paid_with_guest_idx ON bookings (paid_at) INCLUDE (guest_id) WHERE paid_at IS NOT NULL;
