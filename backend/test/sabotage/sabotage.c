/* SPDX-License-Identifier: MIT */
/*
 * A server whose store lies, to see whether the crash tests notice. It takes the place of the
 * SQLite adapter (linked with --wrap=sqlite_store_create) and does what SABOTAGE says:
 *
 *   ack-early      appends complete before they are committed
 *   drop-deletion  an update that only deletes is acknowledged and stored as one that does nothing
 *   compact-range  compaction, done a moment later, takes away all rows up to the newest, not those that its snapshot
 *                  holds
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/sqlite.h"

int __real_sqlite_store_create(const struct sqlite_store_options *options, struct store **out, struct buf *error);
int __wrap_sqlite_store_create(const struct sqlite_store_options *options, struct store **out, struct buf *error);

/* A row that was committed. */
struct row {
  char room[STORE_ROOM_ID_MAX + 1];
  uint64_t seq;
};

struct liar {
  struct store base;
  struct store *real;
  struct store_ops ops;
  struct loop *loop;
  bool early, drops, ranges;
  struct late *late;
  struct row *rows; /* for ranges: all */
  size_t row_count, row_cap;
};

struct lie {
  struct liar *liar;
  char room[STORE_ROOM_ID_MAX + 1];
  store_append_fn done;
  void *ctx;
};

/* A compaction that waits. */
struct late {
  struct late *next;
  struct liar *liar;
  struct loop_timer *timer;
  char room[STORE_ROOM_ID_MAX + 1];
  struct blob *snapshot;
  uint64_t *snapshots, *rows;
  size_t snapshot_count, row_count;
  store_append_fn done;
  void *ctx;
};

enum { LATE_MS = 200 };

static void *need(void *memory) {
  if (!memory) abort();
  return memory;
}

static struct liar *liar_of(const struct store *s) {
  return (struct liar *)(uintptr_t)s;
}

/* ---- ops that pass on what they are given ---- */

static int create_room(struct store *s, const struct store_room *room, const uint8_t *update, size_t len,
                       store_done_fn done, void *ctx) {
  struct store *real = liar_of(s)->real;
  return real->ops->create_room(real, room, update, len, done, ctx);
}

static int load(struct store *s, const char *room_id, store_load_fn done, void *ctx) {
  struct store *real = liar_of(s)->real;
  return real->ops->load(real, room_id, done, ctx);
}

static int history(struct store *s, const char *room_id, const struct store_span *span, store_load_fn done, void *ctx) {
  struct store *real = liar_of(s)->real;
  return real->ops->history(real, room_id, span, done, ctx);
}

static int list(struct store *s, const char *mail, size_t max, store_list_fn done, void *ctx) {
  struct store *real = liar_of(s)->real;
  return real->ops->list(real, mail, max, done, ctx);
}

static int update_room(struct store *s, const char *room_id, const char *name, const char *language, uint64_t at,
                       store_done_fn done, void *ctx) {
  struct store *real = liar_of(s)->real;
  return real->ops->update_room(real, room_id, name, language, at, done, ctx);
}

static int delete_room(struct store *s, const char *room_id, store_done_fn done, void *ctx) {
  struct store *real = liar_of(s)->real;
  return real->ops->delete_room(real, room_id, done, ctx);
}

static int ping(struct store *s, store_done_fn done, void *ctx) {
  struct store *real = liar_of(s)->real;
  return real->ops->ping(real, done, ctx);
}

static int flush(struct store *s, store_done_fn done, void *ctx) {
  struct store *real = liar_of(s)->real;
  return real->ops->flush(real, done, ctx);
}

static void status(const struct store *s, struct store_status *out) {
  struct store *real = liar_of(s)->real;
  real->ops->status(real, out);
}

/* ---- the lies ---- */

static void tell(void *ctx) {
  struct lie *lie = ctx;
  lie->done(lie->ctx, 0, 0); /* no seq: such a row is not compacted */
  free(lie);
}

static void ignore(void *ctx, int err, uint64_t seq) {
  (void)ctx, (void)err, (void)seq;
}

static int append_early(struct liar *liar, const char *room_id, const char *author, uint64_t at, struct blob *payload,
                        store_append_fn done, void *ctx) {
  struct lie *lie = malloc(sizeof *lie);
  if (!lie) return ERR_NOMEM;
  *lie = (struct lie){.done = done, .ctx = ctx};
  int err = liar->real->ops->append(liar->real, room_id, author, at, payload, ignore, NULL);
  if (!err) err = loop_post(liar->loop, tell, lie);
  if (err) free(lie);
  return err;
}

static void note_row(void *ctx, int err, uint64_t seq) {
  struct lie *lie = ctx;
  struct liar *liar = lie->liar;
  if (liar->row_count == liar->row_cap) {
    liar->row_cap = liar->row_cap ? liar->row_cap * 2 : 256;
    liar->rows = need(realloc(liar->rows, liar->row_cap * sizeof *liar->rows));
  }
  struct row *row = &liar->rows[liar->row_count];
  memcpy(row->room, lie->room, sizeof row->room);
  row->seq = seq;
  if (!err) liar->row_count++;
  lie->done(lie->ctx, err, seq);
  free(lie);
}

static int append_noted(struct liar *liar, const char *room_id, const char *author, uint64_t at, struct blob *payload,
                        store_append_fn done, void *ctx) {
  struct lie *lie = need(calloc(1, sizeof *lie));
  *lie = (struct lie){.liar = liar, .done = done, .ctx = ctx};
  strncpy(lie->room, room_id, sizeof lie->room - 1);
  int err = liar->real->ops->append(liar->real, room_id, author, at, payload, note_row, lie);
  if (err) free(lie);
  return err;
}

static void add_newer_rows(struct late *late) {
  const struct liar *liar = late->liar;
  uint64_t last = late->row_count ? late->rows[late->row_count - 1] : 0;
  late->rows = need(realloc(late->rows, (late->row_count + liar->row_count + 1) * sizeof *late->rows));
  for (size_t i = 0; i < liar->row_count; i++)
    if (liar->rows[i].seq > last && strcmp(liar->rows[i].room, late->room) == 0)
      late->rows[late->row_count++] = liar->rows[i].seq;
}

static void late_free(struct late *late) {
  struct late **at = &late->liar->late;
  while (*at != late) at = &(*at)->next;
  *at = late->next;
  loop_timer_destroy(late->timer);
  blob_unref(late->snapshot);
  free(late->snapshots);
  free(late->rows);
  free(late);
}

static void compact_range(void *ctx) {
  struct late *late = ctx;
  struct store *real = late->liar->real;
  add_newer_rows(late);
  const struct store_parts parts = {late->snapshots, late->snapshot_count, late->rows, late->row_count};
  int err = real->ops->compact(real, late->room, &parts, late->snapshot, late->done, late->ctx);
  if (err) late->done(late->ctx, err, 0);
  late_free(late);
}

static uint64_t *copy_seqs(const uint64_t *seqs, size_t count) {
  uint64_t *copy = need(calloc(count + 1, sizeof *copy));
  if (count) memcpy(copy, seqs, count * sizeof *copy);
  return copy;
}

static int compact(struct store *s, const char *room_id, const struct store_parts *parts, struct blob *snapshot,
                   store_append_fn done, void *ctx) {
  struct liar *liar = liar_of(s);
  if (!liar->ranges) return liar->real->ops->compact(liar->real, room_id, parts, snapshot, done, ctx);
  struct late *late = need(calloc(1, sizeof *late));
  *late = (struct late){.next = liar->late,
                        .liar = liar,
                        .snapshot = blob_ref(snapshot),
                        .snapshots = copy_seqs(parts->snapshots, parts->snapshot_count),
                        .rows = copy_seqs(parts->rows, parts->row_count),
                        .snapshot_count = parts->snapshot_count,
                        .row_count = parts->row_count,
                        .done = done,
                        .ctx = ctx};
  strncpy(late->room, room_id, sizeof late->room - 1);
  if (loop_timer_create(liar->loop, compact_range, late, &late->timer)) abort();
  loop_timer_arm(late->timer, LATE_MS);
  liar->late = late;
  return 0;
}

static int append(struct store *s, const char *room_id, const char *author, uint64_t at, struct blob *payload,
                  store_append_fn done, void *ctx) {
  static const uint8_t nothing[] = {0, 0}; /* an update without structs and deletions */
  struct liar *liar = liar_of(s);
  if (liar->early) return append_early(liar, room_id, author, at, payload, done, ctx);
  if (liar->ranges) return append_noted(liar, room_id, author, at, payload, done, ctx);
  if (!liar->drops || payload->len == 0 || payload->data[0] != 0)
    return liar->real->ops->append(liar->real, room_id, author, at, payload, done, ctx);
  struct blob *empty = blob_create(nothing, sizeof nothing);
  if (!empty) return ERR_NOMEM;
  int err = liar->real->ops->append(liar->real, room_id, author, at, empty, done, ctx);
  blob_unref(empty);
  return err;
}

static int thin(struct store *s, const char *room_id, const struct store_thin *what, store_done_fn done, void *ctx) {
  struct store *real = liar_of(s)->real;
  return real->ops->thin(real, room_id, what, done, ctx);
}

static void destroy(struct store *s) {
  struct liar *liar = liar_of(s);
  while (liar->late) {
    liar->late->done(liar->late->ctx, ERR_CANCELLED, 0);
    late_free(liar->late);
  }
  store_destroy(liar->real);
  free(liar->rows);
  free(liar);
}

int __wrap_sqlite_store_create(const struct sqlite_store_options *options, struct store **out, struct buf *error) {
  const char *how = getenv("SABOTAGE");
  struct liar *liar = calloc(1, sizeof *liar);
  if (!liar) return ERR_NOMEM;
  liar->loop = options->loop;
  liar->early = how && strcmp(how, "ack-early") == 0;
  liar->drops = how && strcmp(how, "drop-deletion") == 0;
  liar->ranges = how && strcmp(how, "compact-range") == 0;
  if (!liar->early && !liar->drops && !liar->ranges) {
    fprintf(stderr, "SABOTAGE: expected ack-early, drop-deletion or compact-range, found %s\n", how ? how : "nothing");
    exit(2);
  }
  int err = __real_sqlite_store_create(options, &liar->real, error);
  if (err) {
    free(liar);
    return err;
  }
  liar->ops = (struct store_ops){.create_room = create_room,
                                 .load = load,
                                 .history = history,
                                 .append = append,
                                 .compact = compact,
                                 .thin = thin,
                                 .list = list,
                                 .update_room = update_room,
                                 .delete_room = delete_room,
                                 .ping = ping,
                                 .flush = flush,
                                 .status = status,
                                 .destroy = destroy};
  liar->base.ops = &liar->ops;
  *out = &liar->base;
  return 0;
}
