/* SPDX-License-Identifier: MIT */
#include "store/core_ops.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/core.h"

static struct core *core_of(const struct store *s) {
  return (struct core *)(uintptr_t)s;
}

static bool valid_id(const char *id) {
  return id && id[0] && strlen(id) <= STORE_ROOM_ID_MAX;
}

/** Queue a write; takes @r. */
static int push_write(struct core *core, struct request *r) {
  r->ticket = core->next_ticket++;
  if (r->kind != REQUEST_APPEND) core_time(core, r);
  request_list_push(&core->queue, r);
  core_kick(core);
  return 0;
}

/** Queue a read or flush that starts when every write up to @ticket is settled; takes @r. */
static int push_read(struct core *core, struct request *r, uint64_t ticket) {
  r->ticket = ticket;
  if (r->kind != REQUEST_FLUSH) core_time(core, r);
  request_list_push(&core->waiting, r);
  core_kick(core);
  return 0;
}

static uint64_t last_ticket_in(const struct request_list *list, const char *room_id) {
  uint64_t last = 0;
  for (const struct request *r = list->head; r; r = r->next)
    if (strcmp(r->room.id, room_id) == 0) last = r->ticket;
  return last;
}

static uint64_t last_ticket_of(const struct core *core, const char *room_id) {
  uint64_t queued = last_ticket_in(&core->queue, room_id);
  return queued ? queued : last_ticket_in(&core->flight, room_id);
}

static int op_create_room(struct store *s, const struct store_room *room, const uint8_t *update, size_t len,
                          store_done_fn done, void *ctx) {
  struct core *core = core_of(s);
  if (core->stopping) return ERR_CANCELLED;
  if (!valid_id(room->id) || !update || !len) return ERR_INVALID;
  if (!room->name || !room->language || !room->owner_name || !room->owner_mail) return ERR_INVALID;
  struct request *r = request_create(REQUEST_CREATE, room->id, ctx);
  if (!r) return ERR_NOMEM;
  r->done = done;
  r->at = room->created_at;
  r->room.created_at = room->created_at;
  r->room.updated_at = room->updated_at;
  r->payload = blob_create(update, len);
  if (!r->payload || !request_text(r, &r->room.name, room->name) ||
      !request_text(r, &r->room.language, room->language) || !request_text(r, &r->room.owner_name, room->owner_name) ||
      !request_text(r, &r->room.owner_mail, room->owner_mail) || !request_text(r, &r->author, room->owner_name)) {
    request_destroy(r);
    return ERR_NOMEM;
  }
  return push_write(core, r);
}

static int op_load(struct store *s, const char *room_id, store_load_fn done, void *ctx) {
  struct core *core = core_of(s);
  if (core->stopping) return ERR_CANCELLED;
  if (!valid_id(room_id)) return ERR_INVALID;
  struct request *r = request_create(REQUEST_LOAD, room_id, ctx);
  if (!r) return ERR_NOMEM;
  r->on_loaded = done;
  return push_read(core, r, last_ticket_of(core, room_id));
}

static int op_history(struct store *s, const char *room_id, const struct store_span *span, store_load_fn done,
                      void *ctx) {
  struct core *core = core_of(s);
  if (core->stopping) return ERR_CANCELLED;
  if (!valid_id(room_id)) return ERR_INVALID;
  struct request *r = request_create(REQUEST_HISTORY, room_id, ctx);
  if (!r) return ERR_NOMEM;
  r->on_loaded = done;
  r->span = *span;
  return push_read(core, r, last_ticket_of(core, room_id));
}

static int op_append(struct store *s, const char *room_id, const char *author, uint64_t at, struct blob *payload,
                     store_append_fn done, void *ctx) {
  struct core *core = core_of(s);
  if (core->stopping) return ERR_CANCELLED;
  if (!valid_id(room_id) || !author || !payload || !payload->len) return ERR_INVALID;
  static_assert(sizeof(struct request) <= STORE_APPEND_COST, "an append counts as more than the port says");
  uint64_t bytes = payload->len + strlen(author) + sizeof(struct request);
  uint64_t most = core->limits.store_backlog_max_bytes;
  if (core->backlog_bytes && (bytes > most || core->backlog_bytes > most - bytes)) return ERR_FULL;
  struct request *r = request_create(REQUEST_APPEND, room_id, ctx);
  if (!r) return ERR_NOMEM;
  if (!request_text(r, &r->author, author)) {
    request_destroy(r);
    return ERR_NOMEM;
  }
  r->appended = done;
  r->at = at;
  r->payload = blob_ref(payload);
  r->charged_bytes = bytes;
  core->backlog_bytes += bytes;
  metric_move(core->m_backlog, (int64_t)bytes);
  return push_write(core, r);
}

static bool copy_seqs(uint64_t **to, size_t *to_count, const uint64_t *seqs, size_t count) {
  *to = calloc(count ? count : 1, sizeof **to);
  if (!*to) return false;
  if (count) memcpy(*to, seqs, count * sizeof *seqs);
  *to_count = count;
  return true;
}

static int op_compact(struct store *s, const char *room_id, const struct store_parts *parts, struct blob *snapshot,
                      store_append_fn done, void *ctx) {
  struct core *core = core_of(s);
  if (core->stopping) return ERR_CANCELLED;
  if (!valid_id(room_id) || !snapshot || !snapshot->len) return ERR_INVALID;
  struct request *r = request_create(REQUEST_COMPACT, room_id, ctx);
  if (!r) return ERR_NOMEM;
  r->appended = done;
  if (!copy_seqs(&r->seqs, &r->count, parts->rows, parts->row_count) ||
      !copy_seqs(&r->snapshots, &r->snapshot_count, parts->snapshots, parts->snapshot_count)) {
    request_destroy(r);
    return ERR_NOMEM;
  }
  r->payload = blob_ref(snapshot);
  return push_write(core, r);
}

static int op_thin(struct store *s, const char *room_id, const struct store_thin *what, store_done_fn done, void *ctx) {
  struct core *core = core_of(s);
  if (core->stopping) return ERR_CANCELLED;
  if (!valid_id(room_id) || !what->payload || !what->payload->len || what->count < 2) return ERR_INVALID;
  struct request *r = request_create(REQUEST_THIN, room_id, ctx);
  if (!r) return ERR_NOMEM;
  r->done = done;
  r->seqs = calloc(what->count, sizeof *r->seqs);
  if (!r->seqs || !request_text(r, &r->author, what->author)) {
    request_destroy(r);
    return ERR_NOMEM;
  }
  memcpy(r->seqs, what->seqs, what->count * sizeof *r->seqs);
  r->count = what->count;
  r->at = what->at;
  r->from = what->from;
  r->updates = what->updates;
  r->payload = blob_ref(what->payload);
  return push_write(core, r);
}

static int op_list(struct store *s, const char *mail, size_t max, store_list_fn done, void *ctx) {
  struct core *core = core_of(s);
  if (core->stopping) return ERR_CANCELLED;
  if (!mail) return ERR_INVALID;
  struct request *r = request_create(REQUEST_LIST, "", ctx);
  if (!r) return ERR_NOMEM;
  r->listed = done;
  r->count = max;
  if (!request_text(r, &r->mail, mail)) {
    request_destroy(r);
    return ERR_NOMEM;
  }
  return push_read(core, r, 0);
}

static int op_update_room(struct store *s, const char *room_id, const char *name, const char *language, uint64_t at,
                          store_done_fn done, void *ctx) {
  struct core *core = core_of(s);
  if (core->stopping) return ERR_CANCELLED;
  if (!valid_id(room_id)) return ERR_INVALID;
  struct request *r = request_create(REQUEST_UPDATE, room_id, ctx);
  if (!r) return ERR_NOMEM;
  r->done = done;
  r->at = at;
  if (!request_text(r, &r->room.name, name) || !request_text(r, &r->room.language, language)) {
    request_destroy(r);
    return ERR_NOMEM;
  }
  return push_write(core, r);
}

static int op_delete_room(struct store *s, const char *room_id, store_done_fn done, void *ctx) {
  struct core *core = core_of(s);
  if (core->stopping) return ERR_CANCELLED;
  if (!valid_id(room_id)) return ERR_INVALID;
  struct request *r = request_create(REQUEST_DELETE, room_id, ctx);
  if (!r) return ERR_NOMEM;
  r->done = done;
  return push_write(core, r);
}

static int op_ping(struct store *s, store_done_fn done, void *ctx) {
  struct core *core = core_of(s);
  if (core->stopping) return ERR_CANCELLED;
  struct request *r = request_create(REQUEST_PING, "", ctx);
  if (!r) return ERR_NOMEM;
  r->done = done;
  return push_read(core, r, 0);
}

static int op_flush(struct store *s, store_done_fn done, void *ctx) {
  struct core *core = core_of(s);
  if (core->stopping) return ERR_CANCELLED;
  struct request *r = request_create(REQUEST_FLUSH, "", ctx);
  if (!r) return ERR_NOMEM;
  r->done = done;
  return push_read(core, r, core->next_ticket - 1);
}

static void op_status(const struct store *s, struct store_status *out) {
  const struct core *core = core_of(s);
  *out = (struct store_status){.up = core->up, .backlog_bytes = core->backlog_bytes, .kind = core->driver->kind};
  snprintf(out->reason, sizeof out->reason, "%s", core->reason);
}

static void op_destroy(struct store *s) {
  core_destroy(core_of(s));
}

const struct store_ops core_store_ops = {
    .create_room = op_create_room,
    .load = op_load,
    .history = op_history,
    .append = op_append,
    .compact = op_compact,
    .thin = op_thin,
    .list = op_list,
    .update_room = op_update_room,
    .delete_room = op_delete_room,
    .ping = op_ping,
    .flush = op_flush,
    .status = op_status,
    .destroy = op_destroy,
};
