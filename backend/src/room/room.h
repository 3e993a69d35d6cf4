/* SPDX-License-Identifier: MIT */
#ifndef YOKE_ROOM_ROOM_H
#define YOKE_ROOM_ROOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * A loaded room as its connections see it. No sockets, no clock, no loop: time
 * comes in as now_ms (monotonic) and unix_ms (wall clock), output is taken out
 * by whoever owns the connection. A room pointer is valid while it is pinned
 * (registry.h) or has members.
 */
struct room;
struct member;

/* Close codes of our own; y-websocket takes 4400..4499 as final. */
enum room_close_code {
  ROOM_CLOSE_MALFORMED = 4400,
  ROOM_CLOSE_DENIED = 4403,
  ROOM_CLOSE_DELETED = 4404,
  ROOM_CLOSE_PENDING_FULL = 4409,
  ROOM_CLOSE_TOO_LARGE = 4413,
  ROOM_CLOSE_TOO_FAST = 4429
};

enum member_kind {
  MEMBER_YJS,  /* binary y-protocol messages */
  MEMBER_PLAIN /* text messages: the main file's whole text */
};

struct member_hooks {
  /** There is output to take (member_output_peek). Called at the end of a turn, at most once until the output is
   * drained. */
  void (*on_output)(void *ctx);
  /**
   * The room ends this connection: after what is in the outbox send a close
   * frame with @code and @reason (borrowed for the call), then room_leave():
   * never from inside of this call, which comes in the middle of the room's
   * work. Called at most once; messages from the member are ignored from here on.
   */
  void (*on_close)(void *ctx, uint16_t code, const char *reason);
};

struct member_options {
  enum member_kind kind;
  uint64_t conn_id;                 /* for log lines */
  const char *name;                 /* author of this member's updates; "" when not known; copied */
  const struct member_hooks *hooks; /* static */
  void *ctx;
};

/**
 * Add a connection. Its first messages (step 1 and awareness, or the text) are
 * in its outbox when this returns.
 * ERR_FULL (members_max), ERR_NOMEM.
 */
MUST_USE int room_join(struct room *room, const struct member_options *options, uint64_t now_ms, struct member **out);

/** Remove the connection: its presence is withdrawn, its outbox dropped, its hooks never called again. */
void room_leave(struct member *member, uint64_t now_ms);

/** One whole WebSocket message from the member. @data borrowed. Violations end in hooks->on_close, never in a broken
 * room. */
void member_on_message(struct member *member, bool binary, const uint8_t *data, size_t len, uint64_t now_ms,
                       uint64_t unix_ms);

/** A WebSocket pong from the member: its payload, borrowed for the call. */
void member_on_pong(struct member *member, const uint8_t *data, size_t len);

/**
 * Bytes ready to be written to the socket, WebSocket framing included, shared
 * with other members. Valid until the next call on this room.
 * Returns the number of @iov entries filled, 0 when there is nothing.
 */
int member_output_peek(struct member *member, struct iovec *iov, int max);
/** @len of these bytes were written. */
void member_output_consume(struct member *member, size_t len);
/** Bytes not yet consumed. */
size_t member_output_pending(const struct member *member);
/** Of these, what outbox_max_bytes limits: a first sync may be as large as the room. */
size_t member_output_backlog(const struct member *member);

/* ---- for REST ---- */

/** What the API says of a room. Strings borrowed until the next call on this room. */
struct room_info {
  const char *id, *name, *language, *owner_name, *owner_mail;
  uint64_t created_at, updated_at; /* unix ms */
  size_t members;                  /* connections now; 0 when not loaded */
};

void room_info(const struct room *room, struct room_info *out);

/** Append the main file's text (UTF-8). A room without files has an empty text. ERR_NOMEM. */
MUST_USE int room_main_text(struct room *room, struct buf *out);

#define ROOM_ETAG_CHARS 32 /* hex, without quotes */

struct room_file {
  const char *path;     /* as shown: duplicates carry a suffix, unsafe ones are made safe */
  const char *language; /* "" when not set */
  size_t bytes;         /* UTF-8 length of the text */
  bool main;
};

/** The files by path. The list and its strings are the caller's until room_files_free(). ERR_NOMEM. */
MUST_USE int room_files(struct room *room, struct room_file **out, size_t *count);
void room_files_free(struct room_file *files, size_t count);

/** Text of one file and its ETag. The text is remembered as a base for a later If-Match. ERR_NOT_FOUND, ERR_NOMEM. */
MUST_USE int room_file_get(struct room *room, const char *path, struct buf *text,
                           char etag[static ROOM_ETAG_CHARS + 1]);

/** Why a path is refused, as a sentence for a 422, or NULL when it is fine. */
const char *room_path_problem(const char *path, size_t max_bytes);

struct room_put {
  const char *path;
  const uint8_t *text;
  size_t len;           /* valid UTF-8; CRLF and CR become LF */
  const char *if_match; /* ETag without quotes, or NULL: base is the current text; "*": must exist */
  bool must_create;     /* If-None-Match: * */
  const char *author;
};

/**
 * Turn @put into the smallest edit. @created tells whether the file is new,
 * @etag names the resulting text (which may hold what others typed meanwhile).
 * ERR_INVALID path (see room_path_problem), ERR_CONFLICT if_match names a text
 * that is not known any more or must_create and it exists (412), ERR_FULL
 * files_max, ERR_TOO_LARGE, ERR_UNAVAILABLE store backlog full, ERR_NOMEM.
 * The caller answers its client after room_when_saved().
 */
MUST_USE int room_file_put(struct room *room, const struct room_put *put, uint64_t now_ms, uint64_t unix_ms,
                           bool *created, char etag[static ROOM_ETAG_CHARS + 1]);

/** ERR_NOT_FOUND, ERR_CONFLICT (if_match), ERR_UNAVAILABLE, ERR_NOMEM. Deleting the main file makes the first path the
 * main one. */
MUST_USE int room_file_delete(struct room *room, const char *path, const char *if_match, const char *author,
                              uint64_t now_ms, uint64_t unix_ms);

/** Set the title and/or the main file's language in the document (NULL: unchanged). ERR_UNAVAILABLE, ERR_NOMEM. */
MUST_USE int room_set_info(struct room *room, const char *name, const char *language, const char *author,
                           uint64_t now_ms, uint64_t unix_ms);

typedef void (*room_saved_fn)(void *ctx, int err);

/**
 * Call fn(ctx, 0) once everything accepted so far is on disk; never before this
 * returns. ERR_CANCELLED to fn at shutdown without a commit, ERR_NOT_FOUND when
 * the room was deleted. The room stays loaded until then. ERR_NOMEM: fn is not called.
 */
MUST_USE int room_when_saved(struct room *room, room_saved_fn fn, void *ctx);

#endif
