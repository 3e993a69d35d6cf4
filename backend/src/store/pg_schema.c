/* SPDX-License-Identifier: MIT */
#include "store/pg_schema.h"

#include "store/pg_conn.h"

/*
 * A server that knows older versions alone must not go on writing: its statements count nothing. Cut off, it connects
 * again, waits for the lock of the set-up that runs this, sees the new version and refuses.
 */
#define CUT_OFF_OTHERS                                                                                                 \
  "PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "                        \
  "AND usename = current_user AND application_name LIKE '" PG_CONN_NAME "%' "                                          \
  "AND application_name <> current_setting('application_name');"

/* Opens a step that runs once; its statements follow, then STEP_END. Steps are never changed once released. */
#define STEP(version)                                                                                                  \
  "DO $step$ BEGIN "                                                                                                   \
  "IF (SELECT coalesce(max(version), 0) FROM schema_version) < " #version " THEN "                                     \
  "INSERT INTO schema_version (version) VALUES (" #version ");" CUT_OFF_OTHERS
#define STEP_END "END IF; END $step$"

const char *const pg_schema_steps[PG_SCHEMA_STEPS] = {
    "DO $step$ BEGIN IF to_regclass('schema_version') IS NULL THEN "
    "CREATE TABLE schema_version (version int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now()); "
    "END IF; END $step$",

    STEP(1) "CREATE TABLE rooms ("
            "  id text PRIMARY KEY,"
            "  name text NOT NULL,"
            "  language text NOT NULL,"
            "  owner_name text NOT NULL,"
            "  owner_mail text NOT NULL,"
            "  created_at bigint NOT NULL,"
            "  updated_at bigint NOT NULL);"
            /* Not on updated_at: each commit changes it, and only an index without it lets that stay cheap. */
            "CREATE INDEX rooms_by_owner ON rooms (owner_mail);"
            "CREATE TABLE room_updates ("
            "  room_id text NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,"
            "  seq bigint GENERATED ALWAYS AS IDENTITY,"
            "  at bigint NOT NULL,"
            "  author text NOT NULL,"
            "  payload bytea NOT NULL,"
            "  PRIMARY KEY (room_id, seq));"
            "CREATE TABLE room_snapshots ("
            "  room_id text NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,"
            "  seq bigint GENERATED ALWAYS AS IDENTITY,"
            "  payload bytea NOT NULL,"
            "  PRIMARY KEY (room_id, seq));"
            "CREATE TABLE room_history ("
            "  room_id text NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,"
            "  seq bigint NOT NULL,"
            "  at bigint NOT NULL,"
            "  author text NOT NULL,"
            "  payload bytea NOT NULL,"
            "  PRIMARY KEY (room_id, seq));" STEP_END,

    /* Checksums (NULL: written before there were any), and how much of each there must be. */
    STEP(
        2) "ALTER TABLE room_updates ADD COLUMN crc bigint;"
           "ALTER TABLE room_snapshots ADD COLUMN crc bigint;"
           "ALTER TABLE room_history ADD COLUMN crc bigint, ADD COLUMN from_at bigint,"
           "  ADD COLUMN updates bigint NOT NULL DEFAULT 1;"
           "ALTER TABLE rooms ADD COLUMN update_rows bigint NOT NULL DEFAULT 0,"
           "  ADD COLUMN snapshot_rows bigint NOT NULL DEFAULT 0,"
           "  ADD COLUMN history_rows bigint NOT NULL DEFAULT 0,"
           "  ADD COLUMN history_bytes bigint NOT NULL DEFAULT 0;"
           "UPDATE rooms SET"
           "  update_rows = (SELECT count(*) FROM room_updates WHERE room_id = id),"
           "  snapshot_rows = (SELECT count(*) FROM room_snapshots WHERE room_id = id),"
           "  history_rows = (SELECT count(*) FROM room_history WHERE room_id = id),"
           "  history_bytes = (SELECT coalesce(sum(length(payload)), 0) FROM room_history WHERE room_id = id);" STEP_END,
};
