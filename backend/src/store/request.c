/* SPDX-License-Identifier: MIT */
#include "store/request.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plural.h"
#include "store/rowsum.h"

struct arena_chunk {
  struct arena_chunk *next;
  size_t used, size;
  max_align_t data[];
};

enum { ARENA_FIRST = 256, ARENA_MAX = 65536 };

void *arena_take(struct arena *a, size_t len) {
  size_t align = sizeof(max_align_t);
  if (len > SIZE_MAX - 2 * align - sizeof(struct arena_chunk)) return NULL;
  len = (len + align - 1) / align * align;
  struct arena_chunk *c = a->chunks;
  if (!c || c->size - c->used < len) {
    size_t size = c ? c->size * 2 : ARENA_FIRST;
    if (size > ARENA_MAX) size = ARENA_MAX;
    if (size < len) size = len;
    c = malloc(sizeof *c + size);
    if (!c) return NULL;
    *c = (struct arena_chunk){.next = a->chunks, .size = size};
    a->chunks = c;
  }
  void *out = (char *)c->data + c->used;
  c->used += len;
  return out;
}

char *arena_text(struct arena *a, const void *text, size_t len) {
  char *out = len < SIZE_MAX ? arena_take(a, len + 1) : NULL;
  if (!out) return NULL;
  if (len) memcpy(out, text, len);
  out[len] = '\0';
  return out;
}

void arena_deinit(struct arena *a) {
  while (a->chunks) {
    struct arena_chunk *c = a->chunks;
    a->chunks = c->next;
    free(c);
  }
}

struct request *request_create(enum request_kind kind, const char *room_id, void *ctx) {
  struct request *r = calloc(1, sizeof *r);
  if (!r) return NULL;
  r->kind = kind;
  r->ctx = ctx;
  r->author = "";
  r->room = (struct store_room){.name = NULL};
  if (!request_text(r, &r->room.id, room_id)) {
    request_destroy(r);
    return NULL;
  }
  return r;
}

void request_destroy(struct request *r) {
  if (!r) return;
  request_clear_answer(r);
  blob_unref(r->payload);
  arena_deinit(&r->arena);
  free(r->seqs);
  free(r->snapshots);
  free(r);
}

bool request_text(struct request *r, const char **to, const char *text) {
  *to = text ? arena_text(&r->arena, text, strlen(text)) : NULL;
  return !text || *to;
}

void request_answer(struct request *r, int err) {
  if (r->answered) return;
  r->answered = true;
  switch (r->kind) {
  case REQUEST_APPEND:
  case REQUEST_COMPACT: r->appended(r->ctx, err, err ? 0 : r->seq); break;
  case REQUEST_LOAD:
  case REQUEST_HISTORY:
    r->loaded.rows = r->rows;
    r->loaded.snapshots = r->parts;
    if (err == ERR_CORRUPT && r->damage.what[0]) r->loaded.damage = &r->damage;
    r->on_loaded(r->ctx, err, err && !r->loaded.damage ? NULL : &r->loaded);
    break;
  case REQUEST_LIST: r->listed(r->ctx, err, err ? NULL : r->rooms, err ? 0 : r->room_count); break;
  case REQUEST_CREATE:
  case REQUEST_THIN:
  case REQUEST_UPDATE:
  case REQUEST_DELETE:
  case REQUEST_PING:
  case REQUEST_FLUSH: r->done(r->ctx, err); break;
  }
}

void request_clear_answer(struct request *r) {
  if (r->kind == REQUEST_LOAD || r->kind == REQUEST_HISTORY) {
    free(r->rows);
    free(r->parts);
    r->rows = r->parts = NULL;
    r->row_cap = r->part_cap = 0;
    r->loaded = (struct store_loaded){.rows = NULL};
    r->damage = (struct store_damage){0};
    r->enough = false;
    r->span_bytes = r->update_rows = 0;
  } else if (r->kind == REQUEST_LIST) {
    free(r->rooms);
    r->rooms = NULL;
    r->room_count = r->room_cap = 0;
  }
}

static void *grow(void *items, size_t count, size_t *cap, size_t item_size) {
  if (count < *cap) return items;
  size_t more = *cap ? *cap * 2 : 16;
  void *grown = reallocarray(items, more, item_size);
  if (grown) *cap = more;
  return grown;
}

static bool copy_room(struct request *r, struct store_room *to, const struct store_room *from) {
  *to = (struct store_room){.created_at = from->created_at, .updated_at = from->updated_at};
  return request_text(r, &to->id, from->id) && request_text(r, &to->name, from->name) &&
         request_text(r, &to->language, from->language) && request_text(r, &to->owner_name, from->owner_name) &&
         request_text(r, &to->owner_mail, from->owner_mail);
}

static int damaged(struct request *r, uint64_t seq, const char *what) {
  r->damage.seq = seq;
  if (seq)
    snprintf(r->damage.what, sizeof r->damage.what, "row %" PRIu64 " of its log %s", seq, what);
  else
    snprintf(r->damage.what, sizeof r->damage.what, "%s", what);
  return ERR_CORRUPT;
}

static bool sound(const struct request *r, const struct store_row *row, const uint64_t *crc) {
  return !crc || !row->data || *crc == rowsum(r->room.id, row);
}

int request_check_load(struct request *r) {
  char what[sizeof r->damage.what];
  if (r->loaded.snapshot_count < r->snapshot_rows) return damaged(r, 0, "its snapshot is missing");
  if (r->loaded.row_count >= r->update_rows) return 0;
  const struct store_row *last = r->loaded.row_count ? &r->rows[r->loaded.row_count - 1] : NULL;
  uint64_t missing = r->update_rows - r->loaded.row_count;
  snprintf(what, sizeof what, "%" PRIu64 " of %" PRIu64 " row%s of its log %s missing (the last there is %" PRIu64 ")",
           missing, r->update_rows, PLURAL_S(r->update_rows), PLURAL_IS(missing), last ? last->seq : 0);
  return damaged(r, 0, what);
}

static int add_row(struct request *r, struct store_row **list, size_t *count, size_t *cap,
                   const struct store_row *row) {
  struct store_row *rows = grow(*list, *count, cap, sizeof *rows);
  if (!rows) return ERR_NOMEM;
  *list = rows;
  struct store_row *to = &rows[*count];
  *to = *row;
  if (row->data) to->data = (const uint8_t *)arena_text(&r->arena, row->data, row->len);
  if ((row->data && !to->data) || !request_text(r, &to->author, row->author)) return ERR_NOMEM;
  ++*count;
  return 0;
}

int request_add_row(struct request *r, const struct store_row *row, const uint64_t *crc) {
  if (!row->len) return damaged(r, row->seq, "is empty"); /* never written by us */
  if (!sound(r, row, crc)) return damaged(r, row->seq, "is damaged: its checksum does not match");
  r->span_bytes += row->len;
  if (r->span.max_bytes && r->span_bytes >= r->span.max_bytes) r->enough = true;
  return add_row(r, &r->rows, &r->loaded.row_count, &r->row_cap, row);
}

int request_add_snapshot(struct request *r, const struct store_row *snapshot, const uint64_t *crc) {
  if (!snapshot->len) return damaged(r, 0, "its snapshot is empty");
  if (!sound(r, snapshot, crc)) return damaged(r, 0, "its snapshot is damaged: its checksum does not match");
  return add_row(r, &r->parts, &r->loaded.snapshot_count, &r->part_cap, snapshot);
}

int request_add_room(struct request *r, const struct store_room *room) {
  struct store_room *rooms = grow(r->rooms, r->room_count, &r->room_cap, sizeof *rooms);
  if (!rooms) return ERR_NOMEM;
  r->rooms = rooms;
  if (!copy_room(r, &rooms[r->room_count], room)) return ERR_NOMEM;
  r->room_count++;
  return 0;
}

int request_set_room(struct request *r, const struct store_room *room) {
  return copy_room(r, &r->loaded.room, room) ? 0 : ERR_NOMEM;
}

void request_list_push(struct request_list *list, struct request *r) {
  r->next = NULL;
  if (list->tail)
    list->tail->next = r;
  else
    list->head = r;
  list->tail = r;
}

struct request *request_list_pop(struct request_list *list) {
  struct request *r = list->head;
  if (!r) return NULL;
  list->head = r->next;
  if (!list->head) list->tail = NULL;
  r->next = NULL;
  return r;
}

void request_list_remove(struct request_list *list, struct request *r) {
  struct request *before = NULL;
  for (struct request *at = list->head; at; before = at, at = at->next) {
    if (at != r) continue;
    if (before)
      before->next = r->next;
    else
      list->head = r->next;
    if (list->tail == r) list->tail = before;
    r->next = NULL;
    return;
  }
}

void request_list_prepend(struct request_list *list, struct request_list *front) {
  if (!front->head) return;
  front->tail->next = list->head;
  if (!list->tail) list->tail = front->tail;
  list->head = front->head;
  *front = (struct request_list){0};
}
