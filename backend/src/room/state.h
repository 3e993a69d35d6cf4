/* SPDX-License-Identifier: MIT */
#ifndef YOKE_ROOM_STATE_H
#define YOKE_ROOM_STATE_H

/* What the files of room/ share: the room, its members and its log. Not for other layers. */

#include "base/limits.h"
#include "base/metrics.h"
#include "port/store.h"
#include "room/document.h"
#include "room/outbox.h"
#include "room/presence.h"
#include "room/registry.h"
#include "room/room.h"
#include "wire/ws_frame.h"

/* ---- the log: what is accepted and what is on disk (journal.c) ---- */

struct seqs {
  uint64_t *items;
  size_t count, cap;
};

struct journal_waiter {
  uint64_t target;       /* called once `done` reaches it */
  struct member *member; /* whose token it is, or NULL: fn */
  uint64_t token;
  room_saved_fn fn;
  void *ctx;
};

struct journal {
  uint64_t issued;    /* slots given out; an accepted update has one */
  uint64_t done;      /* every slot up to here is on disk */
  uint64_t failed;    /* the first slot that the store did not take, 0: none */
  uint64_t heal;      /* the slot of the whole state that makes up for it, 0: not under way */
  size_t outstanding; /* store calls under way that name this room */
  struct seqs rows;   /* in the store's log and in our state, ascending */
  struct seqs snapshots;
  bool compacting;
  size_t compact_count;           /* the first so many rows are in the compaction under way */
  struct journal_waiter *waiters; /* by target, ascending */
  size_t waiter_count, waiter_cap;
};

/* ---- plain-text members (plain.c) ---- */

#define PLAIN_BASES_MAX 64
#define PLAIN_BASES_BYTES_MAX (4u << 20) /* where there are more than two */

/* A text that the client may have on its screen. */
struct plain_base {
  struct blob *text;
  uint32_t number; /* of the ping sent behind it */
  bool read;       /* the pong came: the client had it before whatever it sends now */
};

struct plain {
  struct plain_base *bases; /* PLAIN_BASES_MAX, in the order in which the client shows them */
  size_t base_count;
  uint32_t number; /* of the last ping */
  bool late;       /* the text changed while the one before was not read yet */
};

/* ---- members ---- */

struct skip {
  size_t from, to; /* bytes of the turn that this member does not get */
};

struct member {
  struct room *room;
  struct member *prev, *next;
  enum member_kind kind;
  uint64_t conn_id;
  char *name;
  const struct member_hooks *hooks;
  void *ctx;
  struct outbox outbox;
  size_t bulk_bytes;  /* of the outbox: first syncs, not held against the slow-reader limit */
  struct skip *skips; /* own messages in this turn, ascending; the first begins at 0 for one who joined in it */
  size_t skip_count, skip_cap;
  size_t skip_messages;               /* of the turn, in those bytes */
  bool closing;                       /* on_close was called */
  bool signalled;                     /* on_output was called and the outbox not drained since */
  double message_credit, byte_credit; /* token buckets */
  uint64_t credit_at_ms;
  struct plain plain;
};

/* A text served over REST, so that an If-Match can name it as the base of an edit. */
struct room_base {
  char etag[ROOM_ETAG_CHARS + 1];
  struct blob *text;
};
#define ROOM_BASES_MAX 16
#define ROOM_BASES_BYTES_MAX (4u << 20)

enum room_state { ROOM_LOADING, ROOM_READY, ROOM_DELETED };

struct open_request {
  struct open_request *next;
  struct room *room; /* NULL when it failed */
  int err;
  char *reason; /* with ERR_CORRUPT: what is damaged; may be NULL */
  registry_room_fn done;
  void *ctx;
};

struct room {
  struct registry *registry;
  char id[STORE_ROOM_ID_MAX + 1];
  enum room_state state;
  char *name, *language, *owner_name, *owner_mail; /* as in the store */
  uint64_t created_at, updated_at;
  struct document document;
  struct presence presence;
  struct journal journal;
  struct member *members;
  size_t member_count;
  size_t pins; /* holders that are not members */
  uint64_t idle_since_ms;
  struct buf turn; /* WebSocket frames for all Yjs members, since the last flush */
  size_t turn_messages;
  bool dirty;          /* in the registry's list of rooms to flush */
  bool held;           /* dirty, but its flush waits for more: see room_wait_ms() */
  uint64_t flushed_ms; /* when a turn was last handed to the members */
  bool text_changed;   /* plain-text members may have to be told */
  bool info_changed;   /* title or language may differ from the store's */
  bool info_saving;
  struct room *next_dirty;
  struct room_base bases[ROOM_BASES_MAX]; /* the newest first */
  size_t base_count;
  struct open_request *waiting; /* while loading */
  bool thin_due;                /* the history grew: is it too large? */
  uint64_t thin_floor;          /* its size when it was last made smaller */
  unsigned thin_pause;          /* ticks between the attempts that run out of memory; 0: the last one did not */
  unsigned thin_wait;           /* ticks until the next attempt */
};

/* turn.c */
int room_new(struct registry *registry, const char *id, struct room **out);
void room_free(struct room *room);
int room_take_info(struct room *room, const struct store_room *info);
void room_mark_dirty(struct room *room);
/** Queue a message for all Yjs members but @except. */
int room_broadcast(struct room *room, struct member *except, const uint8_t *message, size_t len);
/** Take an update of our own making (REST, plain text): broadcast and log it. */
int room_publish(struct room *room, const char *author, const uint8_t *update, size_t len, uint64_t unix_ms);
/** ERR_UNAVAILABLE when the store's backlog has no room for @len more, ERR_TOO_LARGE when the document has not. */
int room_admit(struct room *room, size_t len);
void room_flush(struct room *room, uint64_t now_ms);
/**
 * How long the flush of a dirty room may wait, 0: not at all. Handing out costs
 * a write for each member, so a large room gathers what comes within a few ms,
 * unless it is quiet or there is plenty already.
 */
uint64_t room_wait_ms(const struct room *room, uint64_t now_ms);
void room_close_members(struct room *room, uint16_t code, const char *reason);
bool room_unused(const struct room *room);

/* member.c */
void member_close(struct member *member, uint16_t code, const char *reason);
/** Queue a message for this member alone. On failure the member is closed. */
void member_send(struct member *member, enum ws_opcode opcode, const void *data, size_t len);
/** Queue a ready-made frame that others may share. */
void member_send_frame(struct member *member, struct blob *frame);
/** Bytes [from, to) of the turn, so many messages, are not for this member. ERR_NOMEM. */
int member_skip(struct member *member, size_t from, size_t to, size_t messages);
void member_flush(struct member *member, struct blob *turn);

/* plain.c */
int plain_join(struct member *member);
void plain_leave(struct member *member);
void plain_on_text(struct member *member, const uint8_t *text, size_t len, uint64_t unix_ms);
void plain_flush(struct room *room);
/** The member has taken all that was in its outbox. */
void plain_drained(struct member *member);
void plain_on_pong(struct member *member, const uint8_t *data, size_t len);

/* journal.c */
void journal_append(struct room *room, const char *author, uint64_t at, const uint8_t *update, size_t len);
int journal_wait(struct room *room, const struct journal_waiter *waiter);
void journal_forget_member(struct room *room, const struct member *member);
/** @leaving: the room is about to be unloaded: a shorter log is worth compacting. */
void journal_tick(struct room *room, bool leaving);
/** Where the store did not take an update: append the whole state in its place, if that is not under way. */
void journal_mend(struct room *room);
void journal_flush(struct room *room);
void journal_cancel(struct room *room, int err);
void journal_deinit(struct room *room);
bool journal_idle(const struct room *room);
int seqs_add(struct seqs *seqs, uint64_t seq);

/* lifecycle.c */
struct registry {
  struct store *store;
  const struct limits *limits;
  void (*on_dirty)(void *ctx);
  void *ctx;
  uint64_t (*now_us)(void);
  void *rooms; /* tsearch tree of struct room by id */
  size_t room_count, member_count;
  struct room *dirty;                       /* rooms to flush */
  bool announced;                           /* on_dirty was called since the last flush */
  struct open_request *ready, **ready_tail; /* answers due at the next flush */
  const char *reason;                       /* see registry_reason() */
  struct thin *thin;                        /* the history that is made smaller; NULL: none */
  bool stopping;
  bool members_closed; /* … for good: all that will ever be accepted is */
  bool flush_again;    /* at the next tick: the store did not take something */
  registry_done_fn stopped;
  void *stopped_ctx;
  struct {
    struct metric_gauge *rooms, *members;
    struct metric_counter *updates, *duplicates, *refused, *messages_out;
    struct metric_histogram *apply;
  } metrics;
};
void registry_announce(struct registry *registry);
struct room *registry_find(struct registry *registry, const char *id);

/* thin.c */
/** Put old rows of a history together where it is larger than history_keep_bytes. */
void thin_tick(struct room *room, uint64_t unix_ms);

/* info.c */
/** Bring the store's name and language in step with the document's. */
void info_tick(struct room *room, uint64_t unix_ms);

/* starter.c */
/** The main file's name for a language: "main.py" ...; *known says whether the name tells the language. Static. */
const char *starter_path(const char *language, bool *known);

#endif
