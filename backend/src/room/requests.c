/* SPDX-License-Identifier: MIT */
/* Creating, listing, changing and deleting rooms. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/random.h"
#include "base/utf8.h"
#include "room/state.h"

/* ---- create ---- */

struct create_call {
  char id[RANDOM_ID_CHARS + 1];
  char *name, *language, *owner_name, *owner_mail;
  uint64_t unix_ms;
  registry_info_fn done;
  void *ctx;
};

static void create_free(struct create_call *call) {
  if (!call) return;
  free(call->name);
  free(call->language);
  free(call->owner_name);
  free(call->owner_mail);
  free(call);
}

static void on_created(void *ctx, int err) {
  struct create_call *call = ctx;
  struct room_info info = {.id = call->id,
                           .name = call->name,
                           .language = call->language,
                           .owner_name = call->owner_name,
                           .owner_mail = call->owner_mail,
                           .created_at = call->unix_ms,
                           .updated_at = call->unix_ms};
  if (!err) log_info(LOG_ROOM(call->id), "created");
  call->done(call->ctx, err, err ? NULL : &info);
  create_free(call);
}

static int make_document(const struct registry *registry, const struct create_call *call, const struct room_spec *spec,
                         struct buf *update) {
  struct document document = {0};
  struct buf code = BUF_INIT;
  bool known = false;
  const char *path = starter_path(call->language, &known);
  int err = document_create(registry->limits, &document);
  if (!err) err = utf8_append_lf(&code, spec->code, spec->code_len);
  if (!err) err = document_init(&document, call->name, path, known ? "" : call->language, code.data, code.len, update);
  if (!err && update->len > registry->limits->document_max_bytes) err = ERR_TOO_LARGE;
  buf_deinit(&code);
  document_deinit(&document);
  return err;
}

static int create_copy(struct create_call *call, const struct room_spec *spec) {
  call->name = strdup(spec->name && spec->name[0] ? spec->name : "Untitled room");
  call->language = strdup(spec->language && spec->language[0] ? spec->language : "plaintext");
  call->owner_name = strdup(spec->owner_name);
  call->owner_mail = strdup(spec->owner_mail);
  return call->name && call->language && call->owner_name && call->owner_mail ? random_id(call->id) : ERR_NOMEM;
}

int registry_create_room(struct registry *registry, const struct room_spec *spec, uint64_t unix_ms,
                         registry_info_fn done, void *ctx) {
  if (registry->stopping) return ERR_UNAVAILABLE;
  struct create_call *call = calloc(1, sizeof *call);
  struct buf update = BUF_INIT;
  int err = call ? create_copy(call, spec) : ERR_NOMEM;
  if (!err) err = make_document(registry, call, spec, &update);
  if (!err) {
    call->unix_ms = unix_ms;
    call->done = done;
    call->ctx = ctx;
    struct store_room room = {.id = call->id,
                              .name = call->name,
                              .language = call->language,
                              .owner_name = call->owner_name,
                              .owner_mail = call->owner_mail,
                              .created_at = unix_ms,
                              .updated_at = unix_ms};
    err = registry->store->ops->create_room(registry->store, &room, update.data, update.len, on_created, call);
  }
  if (err) create_free(call);
  buf_deinit(&update);
  return err;
}

/* ---- list ---- */

struct list_call {
  struct registry *registry;
  registry_list_fn done;
  void *ctx;
};

static void on_listed(void *ctx, int err, const struct store_room *rooms, size_t count) {
  struct list_call *call = ctx;
  struct room_info *infos = err ? NULL : calloc(count ? count : 1, sizeof *infos);
  if (!err && !infos) err = ERR_NOMEM;
  for (size_t i = 0; i < count && !err; i++) {
    const struct store_room *r = &rooms[i];
    const struct room *loaded = registry_find(call->registry, r->id);
    infos[i] = (struct room_info){.id = r->id,
                                  .name = r->name,
                                  .language = r->language,
                                  .owner_name = r->owner_name,
                                  .owner_mail = r->owner_mail,
                                  .created_at = r->created_at,
                                  .updated_at = r->updated_at,
                                  .members = loaded ? loaded->member_count : 0};
  }
  call->done(call->ctx, err, infos, err ? 0 : count);
  free(infos);
  free(call);
}

int registry_list(struct registry *registry, const char *mail, size_t max, registry_list_fn done, void *ctx) {
  struct list_call *call = malloc(sizeof *call);
  if (!call) return ERR_NOMEM;
  *call = (struct list_call){.registry = registry, .done = done, .ctx = ctx};
  int err = registry->store->ops->list(registry->store, mail, max, on_listed, call);
  if (err) free(call);
  return err;
}

/* ---- delete ---- */

struct delete_call {
  struct registry *registry;
  struct room *room;
  char *mail;
  registry_done_fn done;
  void *ctx;
};

static void delete_end(struct delete_call *call, int err) {
  if (call->room) call->room->pins--;
  call->done(call->ctx, err);
  free(call->mail);
  free(call);
}

static void on_deleted(void *ctx, int err) {
  struct delete_call *call = ctx;
  if (!err || err == ERR_NOT_FOUND) {
    call->room->state = ROOM_DELETED;
    log_info(LOG_ROOM(call->room->id), "deleted by its creator");
    room_close_members(call->room, ROOM_CLOSE_DELETED, "this room was deleted by its creator");
    journal_cancel(call->room, ERR_NOT_FOUND);
  }
  delete_end(call, err);
}

static void on_open_to_delete(void *ctx, int err, struct room *room) {
  struct delete_call *call = ctx;
  call->room = room;
  if (!err && strcasecmp(room->owner_mail, call->mail) != 0) err = ERR_DENIED;
  if (!err) err = call->registry->store->ops->delete_room(call->registry->store, room->id, on_deleted, call);
  if (err) delete_end(call, err);
}

int registry_delete_room(struct registry *registry, const char *room_id, const char *mail, registry_done_fn done,
                         void *ctx) {
  struct delete_call *call = calloc(1, sizeof *call);
  if (!call) return ERR_NOMEM;
  *call = (struct delete_call){.registry = registry, .mail = strdup(mail), .done = done, .ctx = ctx};
  int err = call->mail ? registry_open(registry, room_id, on_open_to_delete, call) : ERR_NOMEM;
  if (err) {
    free(call->mail);
    free(call);
  }
  return err;
}

/* ---- rename, set language ---- */

struct update_call {
  struct registry *registry;
  struct room *room;
  char *name, *language, *author; /* name and language may be NULL */
  uint64_t now_ms, unix_ms;
  registry_info_fn done;
  void *ctx;
};

static void update_end(struct update_call *call, int err) {
  struct room_info info = {0};
  if (!err) room_info(call->room, &info);
  call->done(call->ctx, err, err ? NULL : &info);
  if (call->room) call->room->pins--;
  free(call->name);
  free(call->language);
  free(call->author);
  free(call);
}

static void swap(char **a, char **b) {
  char *c = *a;
  *a = *b;
  *b = c;
}

static void on_row_updated(void *ctx, int err) {
  struct update_call *call = ctx;
  if (!err && call->name) swap(&call->room->name, &call->name);
  if (!err && call->language) swap(&call->room->language, &call->language);
  update_end(call, err);
}

static void on_update_saved(void *ctx, int err) {
  struct update_call *call = ctx;
  struct store *store = call->registry->store;
  if (!err)
    err =
        store->ops->update_room(store, call->room->id, call->name, call->language, call->unix_ms, on_row_updated, call);
  if (err) update_end(call, err);
}

static void on_open_to_update(void *ctx, int err, struct room *room) {
  struct update_call *call = ctx;
  call->room = room;
  if (!err) err = room_set_info(room, call->name, call->language, call->author, call->now_ms, call->unix_ms);
  if (!err) err = room_when_saved(room, on_update_saved, call);
  if (err) update_end(call, err);
}

int registry_update_room(struct registry *registry, const char *room_id, const char *name, const char *language,
                         const char *author, uint64_t now_ms, uint64_t unix_ms, registry_info_fn done, void *ctx) {
  struct update_call *call = calloc(1, sizeof *call);
  if (!call) return ERR_NOMEM;
  *call = (struct update_call){.registry = registry,
                               .name = name ? strdup(name) : NULL,
                               .language = language ? strdup(language) : NULL,
                               .author = strdup(author ? author : ""),
                               .now_ms = now_ms,
                               .unix_ms = unix_ms,
                               .done = done,
                               .ctx = ctx};
  int err = (name && !call->name) || (language && !call->language) || !call->author ? ERR_NOMEM : 0;
  if (!err) err = registry_open(registry, room_id, on_open_to_update, call);
  if (err) {
    free(call->name);
    free(call->language);
    free(call->author);
    free(call);
  }
  return err;
}
