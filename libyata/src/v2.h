/* SPDX-License-Identifier: MIT */
/* Writing and reading the structs of an update, version 2. Spec: Yjs' UpdateEncoderV2 and UpdateDecoderV2. */
#ifndef YATA_V2_H
#define YATA_V2_H

#include "columns.h"
#include "store.h"
#include "update.h"

/* ---- writing ------------------------------------------------------------------------------ */

struct yata_v2_out {
  struct yata_col_out key, client, left, right, info, string, parent, type, len;
  yata_buf text; /* of all strings */
  yata_buf rest;
  uint32_t keys; /* Yjs numbers keys and never uses a number twice */
};

void yata_v2_out_init(struct yata_v2_out *v, const yata_allocator *alloc);
void yata_v2_out_deinit(struct yata_v2_out *v);
/**
 * Empty it, and make room, in *out too, so that the same structs can be written again, merged or collected
 * meanwhile, without a failure.
 */
YATA_CHECKED int yata_v2_out_restart(struct yata_v2_out *v, yata_buf *out);
/** Append the update. At most once. */
YATA_CHECKED int yata_v2_out_finish(struct yata_v2_out *v, yata_buf *out);

/** Begin a client's structs. */
YATA_CHECKED int yata_v2_put_section(struct yata_v2_out *v, uint64_t structs, uint64_t client, uint32_t clock);
/** Append a GC struct or a skip. */
YATA_CHECKED int yata_v2_put_gap(struct yata_v2_out *v, uint8_t kind, uint32_t len);
/** Append info and ids of an item. */
YATA_CHECKED int yata_v2_put_head(struct yata_v2_out *v, const struct yata_head *head);
/** Append an item's content as it stands in version 1, but for its first units: yata_struct.content. */
YATA_CHECKED int yata_v2_put_content(struct yata_v2_out *v, uint8_t kind, uint32_t len, yata_slice content);
/** Append one value of JSON content as it stands in version 1. */
YATA_CHECKED int yata_v2_put_json_value(struct yata_v2_out *v, yata_slice value);
/** Append a shared type: its number, and the name of an XML element (3) or hook (5). */
YATA_CHECKED int yata_v2_put_type(struct yata_v2_out *v, uint64_t ref, yata_slice name);
/** Append a struct without its first `offset` units. */
YATA_CHECKED int yata_v2_put_struct(struct yata_v2_out *v, const struct yata_struct *st, uint32_t offset);
/** Append a delete set: sorted ranges. */
YATA_CHECKED int yata_v2_put_ranges(struct yata_v2_out *v, const struct yata_ranges *ranges);

/* ---- reading ------------------------------------------------------------------------------ */

/* A string of the column of strings, borrowed from the update. Where a pair was cut its halves become U+FFFD. */
struct yata_v2_str {
  yata_slice s;    /* without the halves */
  uint32_t units;  /* with them */
  bool head, tail; /* is there half a pair before it, or behind it? */
};

struct yata_v2_strings {
  struct yata_col_in lens;
  struct yata_rd text;
  bool ascii; /* all of it */
  bool half;  /* the last string ended with the first half of a pair */
};

/* `st`: name and sub are not set; content is that of ANY, BINARY with its length, and the `any` of EMBED, FORMAT, DOC.
 */
struct yata_v2_struct {
  struct yata_struct st;
  bool shaped; /* the content is as in version 1: nothing below says more of it */
  struct yata_v2_str name, sub;
  struct yata_v2_str text;     /* STRING that is not shaped; a FORMAT's key, a TYPE's name, a DOC's guid */
  uint8_t type;                /* TYPE */
  struct yata_v2_strings json; /* JSON: where its values begin */
};

struct yata_v2_in {
  const uint8_t *base;
  struct yata_rd rest;
  struct yata_col_in key, client, left, right, info, parent, type, len;
  struct yata_v2_strings strings;
  struct yata_mem *mem;     /* NULL: keys are counted alone, a repeated one is empty */
  struct yata_v2_str *keys; /* what was read, for later references */
  uint32_t n_keys, cap_keys;
  size_t longest_key;
  uint64_t structs_left, gaps_left, key_bytes_left; /* so that few bytes do not swell without bounds */
  uint32_t nesting;
  const char *what;     /* after a failure: what should have been … */
  const uint8_t *where; /* … there */
};

/** Structs that an update may state beyond those that its length stands for, where no document says less. */
#define YATA_V2_STRUCTS ((uint64_t)1 << 20)

/**
 * Begin to read an update; yata_v2_close ends it, whatever comes. `data` is borrowed until then.
 *
 * @structs  how many it may state in all beyond 8 for each byte.
 * @mem      for the keys; NULL: allocates nothing, see yata_v2_in.mem.
 *
 * These return 0, YATA_ERR_MALFORMED or YATA_ERR_LIMIT with in->what and in->where, YATA_ERR_NOMEM.
 */
YATA_CHECKED int yata_v2_open(struct yata_v2_in *in, const uint8_t *data, size_t len, uint32_t nesting,
                              uint64_t structs, struct yata_mem *mem);
void yata_v2_close(struct yata_v2_in *in, struct yata_mem *mem);
/** The number of clients; of the delete set's. */
YATA_CHECKED int yata_v2_count(struct yata_v2_in *in, bool deletions, uint64_t *out);
/** A client's structs: how many, and the id of the first. */
YATA_CHECKED int yata_v2_section(struct yata_v2_in *in, uint64_t *structs, struct yata_wid *first);
/** The struct with the id vs->st.id. */
YATA_CHECKED int yata_v2_struct(struct yata_v2_in *in, struct yata_v2_struct *vs);
YATA_CHECKED int yata_v2_client(struct yata_v2_in *in, uint64_t *client, uint64_t *ranges);
/** *at is where the client's last range ended, 0 before. */
YATA_CHECKED int yata_v2_range(struct yata_v2_in *in, uint64_t *at, uint64_t *clock, uint64_t *len);
YATA_CHECKED int yata_v2_end(struct yata_v2_in *in);

/** Calls while an update is walked; each may be NULL, a negative result ends the walk. */
struct yata_v2_walk {
  int (*on_section)(void *user, uint64_t client, uint64_t structs);
  int (*on_struct)(void *user, const struct yata_v2_struct *vs);
  int (*on_deleted)(void *user, uint64_t client, uint64_t clock, uint64_t len);
  void *user;
};

/**
 * Walk an update and verify it.
 *
 * @mem  for the keys; NULL: allocates nothing, see yata_v2_in.mem.
 *
 * Returns 0, YATA_ERR_MALFORMED or YATA_ERR_LIMIT with *error_offset and *what (each may be NULL), YATA_ERR_NOMEM.
 */
YATA_CHECKED int yata_v2_walk(const uint8_t *data, size_t len, uint32_t nesting, struct yata_mem *mem,
                              const struct yata_v2_walk *walk, size_t *error_offset, const char **what);

/** As yata_update_v2_to_v1 (`structs`: see yata_v2_open), but an update of our own: with embeds and formats as they are
 *  held. *error_offset (may be NULL) is set on YATA_ERR_MALFORMED and YATA_ERR_LIMIT. */
YATA_CHECKED int yata_update_to_v1(const uint8_t *update, size_t len, uint64_t structs, yata_buf *out,
                                   size_t *error_offset);

/** As yata_update_v1_to_v2, of an update of our own, which was cut or merged here. Of a struct with a key that was cut
 * Yjs' info byte says so beside the origin, which has no meaning; what it only reads and writes again loses that. */
YATA_CHECKED int yata_update_to_v2(const uint8_t *update, size_t len, yata_buf *out);

/** Take the next string. */
YATA_CHECKED int yata_v2_next_string(struct yata_v2_strings *strings, struct yata_v2_str *out);

#endif
