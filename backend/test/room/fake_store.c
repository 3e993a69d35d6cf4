/* SPDX-License-Identifier: MIT */
#include "fake_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fake_call {
  struct fake_call *next;
  void (*answer)(struct fake_store *s, struct fake_call *call);
  store_done_fn done;
  store_append_fn appended;
  store_load_fn loaded;
  void *ctx;
  struct blob *payload;
  uint64_t seqs[256];
  size_t count;
};

static int queue(struct store *store, struct fake_call call) {
  struct fake_store *s = (struct fake_store *)store;
  struct fake_call *copy = malloc(sizeof *copy);
  *copy = call;
  copy->next = NULL;
  *s->tail = copy;
  s->tail = &copy->next;
  return 0;
}

static void answer_done(struct fake_store *s, struct fake_call *call) {
  (void)s;
  call->done(call->ctx, 0);
}

static int create_room(struct store *store, const struct store_room *room, const uint8_t *update, size_t len,
                       store_done_fn done, void *ctx) {
  struct fake_store *s = (struct fake_store *)store;
  snprintf(s->id, sizeof s->id, "%s", room->id);
  snprintf(s->name, sizeof s->name, "%s", room->name);
  snprintf(s->language, sizeof s->language, "%s", room->language);
  snprintf(s->mail, sizeof s->mail, "%s", room->owner_mail);
  s->exists = true;
  s->rows[s->row_count++] = blob_create(update, len);
  return queue(store, (struct fake_call){.answer = answer_done, .done = done, .ctx = ctx});
}

static void answer_load(struct fake_store *s, struct fake_call *call) {
  struct store_row rows[256];
  struct store_loaded loaded = {.room = {s->id, s->name, s->language, "owner", s->mail, 1, 2}, .rows = rows};
  if (s->fail_load || !s->exists) {
    call->loaded(call->ctx, s->fail_load ? s->fail_load : ERR_NOT_FOUND, NULL);
    return;
  }
  for (size_t i = 0; i < s->row_count; i++)
    if (s->rows[i])
      rows[loaded.row_count++] = (struct store_row){.seq = i + 1,
                                                    .at = 1,
                                                    .author = "",
                                                    .data = s->rows[i]->data,
                                                    .len = s->rows[i]->len,
                                                    .from = 1,
                                                    .updates = 1};
  struct store_row snapshot = {.author = ""};
  if (s->snapshot) {
    snapshot =
        (struct store_row){.seq = s->compactions, .author = "", .data = s->snapshot->data, .len = s->snapshot->len};
    loaded.snapshots = &snapshot;
    loaded.snapshot_count = 1;
  }
  call->loaded(call->ctx, 0, &loaded);
}

static int load(struct store *store, const char *room_id, store_load_fn done, void *ctx) {
  (void)room_id;
  return queue(store, (struct fake_call){.answer = answer_load, .loaded = done, .ctx = ctx});
}

static void answer_append(struct fake_store *s, struct fake_call *call) {
  int err = s->exists ? s->fail_append : ERR_NOT_FOUND;
  s->fail_append = 0;
  if (!err) s->rows[s->row_count++] = blob_ref(call->payload);
  call->appended(call->ctx, err, err ? 0 : s->row_count);
}

static int append(struct store *store, const char *room_id, const char *author, uint64_t at, struct blob *payload,
                  store_append_fn done, void *ctx) {
  struct fake_store *s = (struct fake_store *)store;
  (void)room_id, (void)author, (void)at;
  int err = s->refuse_append;
  s->refuse_append = 0;
  if (err) return err;
  return queue(store,
               (struct fake_call){.answer = answer_append, .appended = done, .ctx = ctx, .payload = blob_ref(payload)});
}

static void answer_compact(struct fake_store *s, struct fake_call *call) {
  for (size_t i = 0; i < call->count; i++) {
    blob_unref(s->rows[call->seqs[i] - 1]);
    s->rows[call->seqs[i] - 1] = NULL;
  }
  blob_unref(s->snapshot);
  s->snapshot = blob_ref(call->payload);
  s->compactions++;
  call->appended(call->ctx, 0, s->compactions);
}

static int compact(struct store *store, const char *room_id, const struct store_parts *parts, struct blob *snapshot,
                   store_append_fn done, void *ctx) {
  struct fake_call call = {
      .answer = answer_compact, .appended = done, .ctx = ctx, .payload = blob_ref(snapshot), .count = parts->row_count};
  (void)room_id;
  memcpy(call.seqs, parts->rows, parts->row_count * sizeof *parts->rows);
  return queue(store, call);
}

static int list(struct store *store, const char *mail, size_t max, store_list_fn done, void *ctx) {
  (void)store, (void)mail, (void)max, (void)done, (void)ctx;
  return ERR_UNAVAILABLE;
}

static int update_room(struct store *store, const char *room_id, const char *name, const char *language, uint64_t at,
                       store_done_fn done, void *ctx) {
  struct fake_store *s = (struct fake_store *)store;
  (void)room_id, (void)at;
  if (name) snprintf(s->name, sizeof s->name, "%s", name);
  if (language) snprintf(s->language, sizeof s->language, "%s", language);
  return queue(store, (struct fake_call){.answer = answer_done, .done = done, .ctx = ctx});
}

static int delete_room(struct store *store, const char *room_id, store_done_fn done, void *ctx) {
  (void)room_id;
  ((struct fake_store *)store)->exists = false;
  return queue(store, (struct fake_call){.answer = answer_done, .done = done, .ctx = ctx});
}

/* It has no history to look at. */

static void answer_history(struct fake_store *s, struct fake_call *call) {
  call->loaded(call->ctx, s->fail_history, NULL);
}

static int history(struct store *store, const char *room_id, const struct store_span *span, store_load_fn done,
                   void *ctx) {
  struct fake_store *s = (struct fake_store *)store;
  (void)room_id, (void)span;
  s->histories++;
  if (!s->fail_history) return ERR_UNAVAILABLE;
  return queue(store, (struct fake_call){.answer = answer_history, .loaded = done, .ctx = ctx});
}

static int thin(struct store *store, const char *room_id, const struct store_thin *what, store_done_fn done,
                void *ctx) {
  (void)store, (void)room_id, (void)what, (void)done, (void)ctx;
  return ERR_UNAVAILABLE;
}

static int flush(struct store *store, store_done_fn done, void *ctx) {
  return queue(store, (struct fake_call){.answer = answer_done, .done = done, .ctx = ctx});
}

static void status(const struct store *store, struct store_status *out) {
  (void)store;
  *out = (struct store_status){.up = true, .kind = "fake"};
}

static const struct store_ops ops = {.create_room = create_room,
                                     .load = load,
                                     .append = append,
                                     .compact = compact,
                                     .history = history,
                                     .thin = thin,
                                     .list = list,
                                     .update_room = update_room,
                                     .delete_room = delete_room,
                                     .ping = flush,
                                     .flush = flush,
                                     .status = status};

void fake_store_init(struct fake_store *s) {
  *s = (struct fake_store){.store = {.ops = &ops}};
  s->tail = &s->head;
}

size_t fake_store_run(struct fake_store *s) {
  size_t n = 0;
  while (s->head) {
    struct fake_call *call = s->head;
    s->head = call->next;
    if (!s->head) s->tail = &s->head;
    call->answer(s, call);
    blob_unref(call->payload);
    free(call);
    n++;
  }
  return n;
}

void fake_store_deinit(struct fake_store *s) {
  while (s->head) {
    struct fake_call *call = s->head;
    s->head = call->next;
    blob_unref(call->payload);
    free(call);
  }
  for (size_t i = 0; i < s->row_count; i++) blob_unref(s->rows[i]);
  blob_unref(s->snapshot);
}
