/* SPDX-License-Identifier: MIT */
/*
 * A server whose store lies, to see whether the crash tests notice. It takes the place of the
 * SQLite adapter (linked with --wrap=sqlite_store_create) and does what SABOTAGE says:
 *
 *   ack-early      appends complete before they are committed
 *   drop-deletion  an update that only deletes is acknowledged and stored as one that does nothing
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/sqlite.h"

int __real_sqlite_store_create(const struct sqlite_store_options *options, struct store **out, struct buf *error);
int __wrap_sqlite_store_create(const struct sqlite_store_options *options, struct store **out, struct buf *error);

struct liar {
  struct store base;
  struct store *real;
  struct store_ops ops;
  struct loop *loop;
  bool early, drops;
};

struct lie {
  store_append_fn done;
  void *ctx;
};

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

static int compact(struct store *s, const char *room_id, const struct store_parts *parts, struct blob *snapshot,
                   store_append_fn done, void *ctx) {
  struct store *real = liar_of(s)->real;
  return real->ops->compact(real, room_id, parts, snapshot, done, ctx);
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

static void destroy(struct store *s) {
  struct liar *liar = liar_of(s);
  store_destroy(liar->real);
  free(liar);
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
  *lie = (struct lie){done, ctx};
  int err = liar->real->ops->append(liar->real, room_id, author, at, payload, ignore, NULL);
  if (!err) err = loop_post(liar->loop, tell, lie);
  if (err) free(lie);
  return err;
}

static int append(struct store *s, const char *room_id, const char *author, uint64_t at, struct blob *payload,
                  store_append_fn done, void *ctx) {
  static const uint8_t nothing[] = {0, 0}; /* an update without structs and deletions */
  struct liar *liar = liar_of(s);
  if (liar->early) return append_early(liar, room_id, author, at, payload, done, ctx);
  if (!liar->drops || payload->len == 0 || payload->data[0] != 0)
    return liar->real->ops->append(liar->real, room_id, author, at, payload, done, ctx);
  struct blob *empty = blob_create(nothing, sizeof nothing);
  if (!empty) return ERR_NOMEM;
  int err = liar->real->ops->append(liar->real, room_id, author, at, empty, done, ctx);
  blob_unref(empty);
  return err;
}

int __wrap_sqlite_store_create(const struct sqlite_store_options *options, struct store **out, struct buf *error) {
  const char *how = getenv("SABOTAGE");
  struct liar *liar = calloc(1, sizeof *liar);
  if (!liar) return ERR_NOMEM;
  liar->loop = options->loop;
  liar->early = how && strcmp(how, "ack-early") == 0;
  liar->drops = how && strcmp(how, "drop-deletion") == 0;
  if (!liar->early && !liar->drops) {
    fprintf(stderr, "SABOTAGE: expected ack-early or drop-deletion, found %s\n", how ? how : "nothing");
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
