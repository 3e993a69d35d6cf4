/* SPDX-License-Identifier: MIT */
#include "room/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/text_field.h"
#include "room/state.h"

/* A piece takes a few milliseconds of the store's thread. */
#define PIECE_ROWS 4096
#define PIECE_BYTES (1u << 20)

struct entry {
  uint64_t seq, at;
  size_t author;       /* offset in texts */
  size_t payload, len; /* offset in payloads */
};

struct history {
  struct entry *entries;
  size_t count;
  struct buf texts; /* the authors, each with a NUL */
  struct buf payloads;
};

void history_free(struct history *h) {
  if (!h) return;
  free(h->entries);
  buf_deinit(&h->texts);
  buf_deinit(&h->payloads);
  free(h);
}

/* ---- reading ---- */

struct read_call {
  struct registry *registry;
  history_fn done;
  void *ctx;
};

static int copy_row(struct history *h, const struct store_row *row) {
  struct entry *e = &h->entries[h->count];
  const struct entry *before = h->count ? e - 1 : NULL;
  *e = (struct entry){.seq = row->seq, .at = row->at, .payload = h->payloads.len, .len = row->len};
  int err = 0;
  if (before && strcmp((const char *)h->texts.data + before->author, row->author) == 0) {
    e->author = before->author;
  } else {
    e->author = h->texts.len;
    err = buf_append(&h->texts, row->author, strlen(row->author) + 1);
  }
  if (!err) err = buf_append(&h->payloads, row->data, row->len);
  if (!err) h->count++;
  return err;
}

static int copy_log(const struct store_loaded *loaded, struct history **out) {
  struct history *h = calloc(1, sizeof *h);
  if (!h) return ERR_NOMEM;
  h->entries = calloc(loaded->row_count ? loaded->row_count : 1, sizeof *h->entries);
  int err = h->entries ? 0 : ERR_NOMEM;
  for (size_t i = 0; i < loaded->row_count && !err; i++) err = copy_row(h, &loaded->rows[i]);
  if (err)
    history_free(h);
  else
    *out = h;
  return err;
}

static void on_read(void *ctx, int err, const struct store_loaded *loaded) {
  struct read_call *call = ctx;
  struct history *h = NULL;
  if (!err) err = copy_log(loaded, &h);
  call->registry->reason = err && loaded && loaded->damage ? loaded->damage->what : NULL;
  call->done(call->ctx, err, h);
  call->registry->reason = NULL;
  free(call);
}

int history_read(struct registry *registry, const char *room_id, uint64_t after, uint64_t upto, history_fn done,
                 void *ctx) {
  if (registry->stopping) return ERR_UNAVAILABLE;
  struct read_call *call = malloc(sizeof *call);
  if (!call) return ERR_NOMEM;
  *call = (struct read_call){registry, done, ctx};
  const struct store_span span = {.after = after, .upto = upto, .max_rows = PIECE_ROWS, .max_bytes = PIECE_BYTES};
  int err = registry->store->ops->history(registry->store, room_id, &span, on_read, call);
  if (err) free(call);
  return err;
}

bool history_is_empty(const struct history *h) {
  return h->count == 0;
}

/* ---- replaying ---- */

int history_state_init(const struct limits *limits, struct history_state *out) {
  *out = (struct history_state){0};
  out->document = calloc(1, sizeof *out->document);
  int err = out->document ? document_create(limits, out->document) : ERR_NOMEM;
  if (!err) document_set_limits(out->document, NULL);
  if (err) history_state_deinit(out);
  return err;
}

static int set_last(struct history_state *s, const struct history *h) {
  const struct entry *last = &h->entries[h->count - 1];
  int err = text_field_set(&s->author, (const char *)h->texts.data + last->author);
  if (err) return err;
  s->seq = last->seq;
  s->at_ms = last->at;
  return 0;
}

int history_replay(struct history_state *s, const struct history *h, const struct limits *limits) {
  bool changed;
  int err = 0;
  for (size_t i = 0; i < h->count && !err; i++) {
    const struct entry *e = &h->entries[i];
    s->bytes += e->len;
    if (s->bytes > limits->history_replay_max_bytes) return ERR_TOO_LARGE;
    err = document_apply(s->document, h->payloads.data + e->payload, e->len, &changed);
  }
  if (err) return err == ERR_NOMEM ? err : ERR_CORRUPT;
  return h->count ? set_last(s, h) : 0;
}

static int read_files(struct history_state *s, size_t path_max) {
  struct document_files files = {0};
  int err = document_files(s->document, path_max, &files);
  if (!err && !(s->files = calloc(files.count ? files.count : 1, sizeof *s->files))) err = ERR_NOMEM;
  for (size_t i = 0; i < files.count && !err; i++) {
    struct document_file *from = &files.items[i];
    struct history_file *to = &s->files[s->file_count++];
    *to = (struct history_file){.path = from->path, .language = from->language, .main = from->main};
    from->path = from->language = NULL; /* moved */
    err = document_read_text(s->document, from->text, &to->text);
  }
  document_files_deinit(&files);
  return err;
}

static int read_title(struct history_state *s) {
  struct buf title = BUF_INIT;
  int err = document_title(s->document, &title);
  if (!err) err = buf_append_byte(&title, 0);
  s->title = (char *)title.data;
  return err;
}

int history_finish(struct history_state *s, const struct limits *limits) {
  if (!s->seq) return ERR_NOT_FOUND;
  int err = read_files(s, (size_t)limits->path_max_bytes);
  return err ? err : read_title(s);
}

void history_state_deinit(struct history_state *s) {
  for (size_t i = 0; i < s->file_count; i++) {
    free(s->files[i].path);
    free(s->files[i].language);
    buf_deinit(&s->files[i].text);
  }
  free(s->files);
  free(s->author);
  free(s->title);
  if (s->document) document_deinit(s->document);
  free(s->document);
  *s = (struct history_state){0};
}

/* ---- going back ---- */

int history_restore(struct room *room, const struct history_state *state, const char *author, uint64_t unix_ms) {
  if (room->state != ROOM_READY) return ERR_NOT_FOUND;
  const struct limits *limits = room->registry->limits;
  struct buf update = BUF_INIT;
  size_t bytes = 0;
  for (size_t i = 0; i < state->file_count; i++) bytes += state->files[i].text.len;
  int err = room_admit(room, bytes);
  if (!err) err = document_restore(&room->document, state->document, (size_t)limits->path_max_bytes, &update);
  if (!err) err = room_publish(room, author, update.data, update.len, unix_ms);
  buf_deinit(&update);
  return err;
}
