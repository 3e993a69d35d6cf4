/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_REQUEST_H
#define YOKE_STORE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "port/store.h"

/** Memory that is freed at once; pointers into it stay valid until then. */
struct arena {
  struct arena_chunk *chunks; /* newest first */
};

void *arena_take(struct arena *a, size_t len);                   /* aligned for any type; NULL: out of memory */
char *arena_text(struct arena *a, const void *text, size_t len); /* copy with a NUL behind it */
void arena_deinit(struct arena *a);

enum request_kind {
  REQUEST_CREATE,
  REQUEST_APPEND,
  REQUEST_COMPACT,
  REQUEST_THIN,
  REQUEST_UPDATE,
  REQUEST_DELETE,
  REQUEST_LOAD,
  REQUEST_HISTORY,
  REQUEST_LIST,
  REQUEST_PING,
  REQUEST_FLUSH, /* never reaches a driver */
};

/**
 * One call of the port on its way. Made and freed on the loop thread; a driver
 * may use it on a thread of its own between being handed it and giving it back,
 * and then writes nothing but what is marked "driver".
 */
struct request {
  struct request *next;        /* in the core's list; drivers may walk a batch by it */
  struct request *driver_next; /* driver: free for its own list */
  struct request *timed_prev, *timed_next;
  enum request_kind kind;
  bool answered;          /* the caller was told already (too late): drop it */
  bool timed;             /* in the list of deadlines */
  bool last_of_room;      /* append: none of its room follows in the batch */
  bool unsure;            /* driver: an earlier try may have been committed */
  bool enough;            /* driver: a history read has all the bytes it asked for */
  uint64_t room_rows;     /* last of its room's appends in the batch: how many there are */
  int err;                /* driver: this request's own outcome */
  uint64_t seq;           /* driver: of the row or snapshot that was inserted */
  uint64_t ticket;        /* write: its place in the order; read: the last write that it must see */
  uint64_t deadline_ms;   /* monotonic; 0: waits as long as it takes */
  uint64_t charged_bytes; /* part of the backlog */

  struct arena arena;     /* holds every string below, and the answer */
  struct store_room room; /* create: all; update: name and language or NULL; others: id ("" for list, ping) */
  const char *author;     /* append, thin */
  const char *mail;       /* list */
  uint64_t at;            /* append, update, thin */
  uint64_t from, updates; /* thin */
  struct blob *payload;   /* append, create: first row; compact: snapshot; thin: the row's */
  uint64_t *seqs;         /* compact, thin: of rows */
  size_t count;           /* compact, thin: of seqs; list: at most so many */
  uint64_t *snapshots;    /* compact: seqs of those that go */
  size_t snapshot_count;
  struct store_span span; /* history */

  union {
    struct {
      struct store_loaded loaded; /* driver: strings and bytes in the arena */
      struct store_row *rows;     /* what loaded.rows points to */
      struct store_row *parts;    /* what loaded.snapshots points to */
      size_t row_cap, part_cap;
      uint64_t update_rows, snapshot_rows; /* driver: so many there must be, as the room's record says */
      uint64_t span_bytes;                 /* driver: of the rows so far */
      struct store_damage damage;
    };
    struct {
      struct store_room *rooms; /* driver */
      size_t room_count, room_cap;
    };
  };

  union {
    store_done_fn done;
    store_append_fn appended;
    store_load_fn on_loaded;
    store_list_fn listed;
  };
  void *ctx;
};

/** A request with its room's id copied; NULL when out of memory. */
struct request *request_create(enum request_kind kind, const char *room_id, void *ctx);
void request_destroy(struct request *r); /* NULL accepted */

/** Copy @text (NULL stays NULL) into the request; false when out of memory. */
bool request_text(struct request *r, const char **to, const char *text);

/** Call the completion unless it was called before; @err replaces the request's own outcome. */
void request_answer(struct request *r, int err);

static inline bool request_is_write(const struct request *r) {
  return r->kind <= REQUEST_DELETE;
}

/*
 * For drivers answering a load or a list: add one row or room, copying all of it. ERR_NOMEM; and ERR_CORRUPT, with
 * the request's damage set, when bytes do not match @crc (NULL: written before there were checksums).
 */
MUST_USE int request_add_row(struct request *r, const struct store_row *row, const uint64_t *crc);
MUST_USE int request_add_room(struct request *r, const struct store_room *room);
MUST_USE int request_add_snapshot(struct request *r, const struct store_row *snapshot, const uint64_t *crc);
MUST_USE int request_set_room(struct request *r, const struct store_room *room); /* of a load */
/** Is all there that the room's record tells of? ERR_CORRUPT with the damage. */
MUST_USE int request_check_load(struct request *r);
/** Forget what was answered so far, before another try. */
void request_clear_answer(struct request *r);

/** First in, first out. */
struct request_list {
  struct request *head, *tail;
};

void request_list_push(struct request_list *list, struct request *r);
struct request *request_list_pop(struct request_list *list); /* NULL when empty */
void request_list_remove(struct request_list *list, struct request *r);
void request_list_prepend(struct request_list *list, struct request_list *front); /* @front becomes empty */

#endif
