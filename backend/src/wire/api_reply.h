/* SPDX-License-Identifier: MIT */
#ifndef YOKE_WIRE_API_REPLY_H
#define YOKE_WIRE_API_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* The JSON bodies that the server answers with; each function appends one. All ERR_NOMEM. */

struct api_room_view {
  const char *id, *name, *language, *owner_name;
  uint64_t created_at, updated_at; /* unix ms */
  size_t members;
  const uint8_t *code; /* NULL: left out */
  size_t code_len;
};

MUST_USE int api_reply_room(const struct api_room_view *room, struct buf *out);

struct api_file_view {
  const char *path, *language;
  size_t bytes;
  bool main;
  const char *link; /* the file's address */
};

MUST_USE int api_reply_file(const struct api_file_view *file, struct buf *out);

/** A moment of a room that one can go back to. */
struct api_point_view {
  const char *room_id, *author;
  uint64_t seq, from_ms, at_ms, updates, bytes;
};

MUST_USE int api_reply_point(const struct api_point_view *point, struct buf *out);

/** The room as it was at a moment; the object stays open, for its files. */
struct api_moment_view {
  const char *room_id, *author, *name;
  uint64_t seq, at_ms;
};

MUST_USE int api_reply_moment(const struct api_moment_view *moment, struct buf *out);

struct api_moment_file_view {
  const char *path, *language;
  bool main;
  const uint8_t *text;
  size_t text_len;
};

MUST_USE int api_reply_moment_file(const struct api_moment_file_view *file, struct buf *out);

/** room.json of an exported room. */
struct api_export_view {
  const char *room_id, *name, *language, *owner_name, *owner_mail;
  uint64_t created_at, updated_at; /* unix ms */
  uint64_t last_seq, history_rows, log_rows;
  const char *problems; /* lines, each with its '\n'; may be NULL */
  size_t problems_len;
};

MUST_USE int api_export_record(const struct api_export_view *room, struct buf *out);

struct api_suggestion_view {
  const char *label, *kind, *insert_text, *detail;
};

MUST_USE int api_reply_suggestion(const struct api_suggestion_view *suggestion, struct buf *out);

struct api_health_view {
  const char *kind, *reason; /* reason "" when up */
  bool up;
  uint64_t backlog_bytes, uptime_s;
};

MUST_USE int api_reply_health(const struct api_health_view *health, struct buf *out);

#endif
