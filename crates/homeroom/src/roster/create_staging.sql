-- What the package says, row by row; gone with the transaction, and dropped when the import is done.
CREATE TEMPORARY TABLE roster_known (
    kind text, external_id text, user_id uuid, group_id uuid, class_id uuid
) ON COMMIT DROP;
CREATE TEMPORARY TABLE roster_orgs (
    line integer, external_id text, gone boolean, group_id uuid
) ON COMMIT DROP;
CREATE TEMPORARY TABLE roster_sessions (
    line integer, external_id text, session jsonb
) ON COMMIT DROP;
CREATE TEMPORARY TABLE roster_courses (
    line integer, external_id text, school_year text, course jsonb
) ON COMMIT DROP;
CREATE TEMPORARY TABLE roster_classes (
    line integer, external_id text, class_id uuid, name text, course text, school text, terms jsonb, details jsonb,
    gone boolean, known boolean DEFAULT false, group_id uuid
) ON COMMIT DROP;
CREATE TEMPORARY TABLE roster_users (
    line integer, external_id text, user_id uuid, name text, email text, status text,
    gone boolean, known boolean DEFAULT false
) ON COMMIT DROP;
CREATE TEMPORARY TABLE roster_roles (
    line integer, external_id text, user_external_id text, org text, word text, role text, gone boolean
) ON COMMIT DROP;
CREATE TEMPORARY TABLE roster_enrolments (
    line integer, external_id text, class text, school text, user_external_id text, word text, role text, gone boolean
) ON COMMIT DROP;
