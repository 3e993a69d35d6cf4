/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "room/history.h"
#include "room/state.h"

#define PIECE_ROWS 2048 /* heads alone: a few milliseconds of the store's thread */

struct list_call {
  struct registry *registry;
  char room_id[STORE_ROOM_ID_MAX + 1];
  struct history_query query;
  uint64_t after; /* what was read so far */
  struct history_page page;
  size_t cap;
  history_page_fn done;
  void *ctx;
};

static int read_more(struct list_call *call);

static void end(struct list_call *call, int err) {
  call->done(call->ctx, err, err ? NULL : &call->page);
  free(call->page.points);
  buf_deinit(&call->page.texts);
  free(call);
}

static const char *author_of(const struct history_page *page, const struct history_point *point) {
  return (const char *)page->texts.data + point->author;
}

static int add_point(struct list_call *call, const struct store_row *row) {
  struct history_page *page = &call->page;
  if (page->count == call->cap) {
    size_t cap = call->cap ? call->cap * 2 : 64;
    struct history_point *points = reallocarray(page->points, cap, sizeof *points);
    if (!points) return ERR_NOMEM;
    page->points = points;
    call->cap = cap;
  }
  struct history_point *before = page->count ? &page->points[page->count - 1] : NULL;
  size_t author = page->texts.len;
  if (before && strcmp(author_of(page, before), row->author) == 0)
    author = before->author;
  else if (buf_append(&page->texts, row->author, strlen(row->author) + 1))
    return ERR_NOMEM;
  page->points[page->count++] = (struct history_point){.from_ms = row->from, .author = author};
  return 0;
}

/** *full: the row begins a point that has no place on the page. */
static int add_row(struct list_call *call, const struct store_row *row, bool *full) {
  struct history_page *page = &call->page;
  struct history_point *last = page->count ? &page->points[page->count - 1] : NULL;
  /* A clock that went back makes no pause. */
  bool joins =
      last && strcmp(author_of(page, last), row->author) == 0 && row->from < last->at_ms + call->query.pause_ms;
  *full = !joins && page->count == call->query.max;
  if (*full) return 0;
  int err = joins ? 0 : add_point(call, row);
  if (err) return err;
  last = &page->points[page->count - 1];
  last->seq = row->seq;
  last->at_ms = row->at;
  last->updates += row->updates;
  last->bytes += row->len;
  call->after = row->seq;
  return 0;
}

static void on_rows(void *ctx, int err, const struct store_loaded *loaded) {
  struct list_call *call = ctx;
  bool full = false;
  size_t rows = err ? 0 : loaded->row_count;
  for (size_t i = 0; i < rows && !err && !full; i++) err = add_row(call, &loaded->rows[i], &full);
  if (full) call->page.next = call->page.points[call->page.count - 1].seq;
  bool more = !err && !full && rows > 0;
  if (more) err = read_more(call);
  if (err || !more) end(call, err);
}

static int read_more(struct list_call *call) {
  struct store *store = call->registry->store;
  const struct store_span span = {.after = call->after, .heads_only = true, .max_rows = PIECE_ROWS};
  return call->registry->stopping ? ERR_CANCELLED : store->ops->history(store, call->room_id, &span, on_rows, call);
}

int history_list(struct registry *registry, const char *room_id, const struct history_query *query,
                 history_page_fn done, void *ctx) {
  struct list_call *call = calloc(1, sizeof *call);
  if (!call) return ERR_NOMEM;
  *call = (struct list_call){.registry = registry, .query = *query, .after = query->after, .done = done, .ctx = ctx};
  strncpy(call->room_id, room_id, sizeof call->room_id - 1);
  int err = read_more(call);
  if (err) free(call);
  return err;
}
