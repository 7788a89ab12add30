-- A classroom platform as Drizzle migrations made it: uuid keys, timestamptz, soft delete, text for codes.
CREATE EXTENSION ltree;

CREATE TABLE "users" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
    "email" text NOT NULL,
    "name" text NOT NULL,
    "password_hash" text,
    "status" text DEFAULT 'pending_verification' NOT NULL,
    "created_at" timestamp with time zone DEFAULT now() NOT NULL,
    "updated_at" timestamp with time zone DEFAULT now() NOT NULL,
    "deleted_at" timestamp with time zone,
    CONSTRAINT "users_email_unique" UNIQUE ("email"),
    CONSTRAINT "users_status_check" CHECK ("status" IN ('active', 'suspended', 'pending_verification'))
);
CREATE INDEX "users_email_idx" ON "users" USING btree ("email");

CREATE TABLE "groups" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
    "name" text NOT NULL,
    "slug" text NOT NULL,
    "type" text NOT NULL,
    "parent_id" uuid,
    "path" ltree NOT NULL,
    "settings" jsonb DEFAULT '{}'::jsonb NOT NULL,
    "created_at" timestamp with time zone DEFAULT now() NOT NULL,
    "updated_at" timestamp with time zone DEFAULT now() NOT NULL,
    "deleted_at" timestamp with time zone,
    CONSTRAINT "groups_slug_unique" UNIQUE ("slug")
);
CREATE INDEX "groups_slug_idx" ON "groups" USING btree ("slug");
CREATE INDEX "groups_parent_id_idx" ON "groups" USING btree ("parent_id");
CREATE INDEX "groups_path_idx" ON "groups" USING gist ("path");
DO $$ BEGIN
    ALTER TABLE "groups" ADD CONSTRAINT "groups_parent_id_groups_id_fk"
        FOREIGN KEY ("parent_id") REFERENCES "groups" ("id") ON DELETE CASCADE;
EXCEPTION WHEN duplicate_object THEN NULL;
END $$;

CREATE TABLE "group_members" (
    "user_id" uuid NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    "group_id" uuid NOT NULL REFERENCES "groups" ("id") ON DELETE CASCADE,
    "role" text NOT NULL,
    "created_at" timestamp with time zone DEFAULT now() NOT NULL,
    "updated_at" timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT "group_members_pk" PRIMARY KEY ("user_id", "group_id"),
    CONSTRAINT "group_members_role_check" CHECK ("role" IN ('system_admin', 'group_admin', 'teacher', 'student'))
);
CREATE INDEX "group_members_group_id_idx" ON "group_members" USING btree ("group_id");

CREATE TABLE "sessions" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
    "token" text NOT NULL,
    "user_id" uuid NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    "context" text DEFAULT 'unknown' NOT NULL,
    "created_at" timestamp with time zone DEFAULT now() NOT NULL,
    "expires_at" timestamp with time zone NOT NULL,
    "last_activity_at" timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT "sessions_token_unique" UNIQUE ("token")
);
CREATE INDEX "sessions_user_id_idx" ON "sessions" USING btree ("user_id");

CREATE TABLE "classes" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
    "group_id" uuid NOT NULL REFERENCES "groups" ("id") ON DELETE CASCADE,
    "name" text NOT NULL,
    "created_at" timestamp with time zone DEFAULT now() NOT NULL,
    "updated_at" timestamp with time zone DEFAULT now() NOT NULL,
    "deleted_at" timestamp with time zone
);
CREATE INDEX "classes_group_id_idx" ON "classes" USING btree ("group_id");

CREATE TABLE "class_members" (
    "class_id" uuid NOT NULL REFERENCES "classes" ("id") ON DELETE CASCADE,
    "user_id" uuid NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    "role" text NOT NULL CHECK ("role" IN ('teacher', 'student')),
    "created_at" timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT "class_members_pk" PRIMARY KEY ("class_id", "user_id")
);
CREATE INDEX "class_members_user_id_idx" ON "class_members" USING btree ("user_id");

CREATE TABLE "tools" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
    "type" text NOT NULL CHECK ("type" IN ('chat', 'product')),
    "name" text NOT NULL,
    "version" text NOT NULL,
    "definition" text NOT NULL,
    "created_by" uuid NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    "group_id" uuid REFERENCES "groups" ("id") ON DELETE CASCADE,
    "created_at" timestamp with time zone DEFAULT now() NOT NULL,
    "updated_at" timestamp with time zone DEFAULT now() NOT NULL,
    "deleted_at" timestamp with time zone,
    CONSTRAINT "tools_name_version_unique" UNIQUE ("name", "version")
);
CREATE INDEX "tools_created_by_idx" ON "tools" USING btree ("created_by");
CREATE INDEX "tools_group_id_idx" ON "tools" USING btree ("group_id");

CREATE TABLE "chat_sessions" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
    "tool_id" uuid NOT NULL REFERENCES "tools" ("id") ON DELETE RESTRICT,
    "user_id" uuid NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    "state" text DEFAULT 'active' NOT NULL CHECK ("state" IN ('active', 'completed')),
    "parent_session_id" uuid REFERENCES "chat_sessions" ("id") ON DELETE SET NULL,
    "fork_from_seq" integer,
    "title" text,
    "started_at" timestamp with time zone DEFAULT now() NOT NULL,
    "ended_at" timestamp with time zone,
    "last_activity_at" timestamp with time zone DEFAULT now() NOT NULL,
    "deleted_at" timestamp with time zone
);
CREATE INDEX "chat_sessions_tool_id_idx" ON "chat_sessions" USING btree ("tool_id");
CREATE INDEX "chat_sessions_user_id_idx" ON "chat_sessions" USING btree ("user_id");
CREATE INDEX "chat_sessions_parent_session_id_idx" ON "chat_sessions" USING btree ("parent_session_id");

CREATE TABLE "messages" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
    "session_id" uuid NOT NULL REFERENCES "chat_sessions" ("id") ON DELETE CASCADE,
    "seq" integer NOT NULL,
    "role" text NOT NULL CHECK ("role" IN ('user', 'assistant', 'system')),
    "content" text NOT NULL,
    "meta" jsonb DEFAULT '{}'::jsonb NOT NULL,
    "created_at" timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT "messages_session_id_seq_unique" UNIQUE ("session_id", "seq")
);
CREATE INDEX "messages_session_id_seq_idx" ON "messages" USING btree ("session_id", "seq");

CREATE TABLE "files" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
    "original_name" text NOT NULL,
    "mime_type" text NOT NULL,
    "size_bytes" bigint NOT NULL,
    "storage_key" text NOT NULL UNIQUE,
    "storage_backend" text DEFAULT 's3' NOT NULL,
    "uploaded_by" uuid NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    "group_id" uuid REFERENCES "groups" ("id") ON DELETE SET NULL,
    "purpose" text DEFAULT 'general' NOT NULL,
    "status" text DEFAULT 'active' NOT NULL CHECK ("status" IN ('active', 'soft_deleted')),
    "created_at" timestamp with time zone DEFAULT now() NOT NULL,
    "deleted_at" timestamp with time zone
);
CREATE INDEX "files_uploaded_by_idx" ON "files" USING btree ("uploaded_by");
CREATE INDEX "files_group_id_idx" ON "files" USING btree ("group_id");

CREATE TABLE "user_storage_limits" (
    "user_id" uuid PRIMARY KEY NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    "max_file_size_bytes" bigint,
    "storage_quota_bytes" bigint,
    "used_bytes" bigint DEFAULT 0 NOT NULL,
    "set_by" uuid REFERENCES "users" ("id") ON DELETE SET NULL,
    "reason" text
);
