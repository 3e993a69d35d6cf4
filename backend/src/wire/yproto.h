/* SPDX-License-Identifier: MIT */
#ifndef YOKE_WIRE_YPROTO_H
#define YOKE_WIRE_YPROTO_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * The y-protocols messages of a room (y-protocols/PROTOCOL.md, sync.js,
 * awareness.js, auth.js) and our own type 16. One message a WebSocket frame.
 */
enum yproto_kind {
  YPROTO_SYNC_STEP1,      /* data: state vector */
  YPROTO_SYNC_STEP2,      /* data: update */
  YPROTO_UPDATE,          /* data: update */
  YPROTO_AWARENESS,       /* data: awareness update */
  YPROTO_AUTH,            /* data: the rest, not interpreted */
  YPROTO_QUERY_AWARENESS, /* no data */
  YPROTO_SAVED,           /* token */
  YPROTO_UNKNOWN          /* a type we do not know, data: the rest; ignored by rooms */
};

#define YPROTO_TYPE_SAVED 16

struct yproto_message {
  enum yproto_kind kind;
  const uint8_t *data; /* borrowed from the input */
  size_t len;
  uint64_t token;
};

/** Decode one message; trailing bytes are malformed (lib0 encodes each message on its own and adds none). ERR_MALFORMED
 * with a static reason in @why (may be NULL). */
MUST_USE int yproto_decode(const uint8_t *in, size_t len, struct yproto_message *out, const char **why);

/* Append the message (not a WebSocket frame). ERR_NOMEM leaves @out as it was. */
MUST_USE int yproto_append_step1(struct buf *out, const uint8_t *state_vector, size_t len);
MUST_USE int yproto_append_step2(struct buf *out, const uint8_t *update, size_t len);
MUST_USE int yproto_append_update(struct buf *out, const uint8_t *update, size_t len);
MUST_USE int yproto_append_awareness(struct buf *out, const uint8_t *awareness, size_t len);
MUST_USE int yproto_append_saved(struct buf *out, uint64_t token);

/** lib0 varUint of at most 2^53-1. Advances *pos, but not on ERR_MALFORMED. */
MUST_USE int yproto_read_varuint(const uint8_t *in, size_t len, size_t *pos, uint64_t *out);

/** One client's entry of an awareness update. */
struct yproto_awareness_entry {
  uint64_t client;
  uint64_t clock;
  const uint8_t *json; /* borrowed; the text "null" means the client left */
  size_t json_len;
};

/** Iterate: read the count first, then that many entries; then *pos must equal len. Entries are valid UTF-8, or
 * ERR_MALFORMED. The count is never more than the bytes could hold. */
MUST_USE int yproto_awareness_count(const uint8_t *in, size_t len, size_t *pos, uint64_t *count);
MUST_USE int yproto_awareness_next(const uint8_t *in, size_t len, size_t *pos, struct yproto_awareness_entry *out);

/** Append one entry (without the count before all entries). */
MUST_USE int yproto_awareness_append(struct buf *out, const struct yproto_awareness_entry *entry);

#endif
