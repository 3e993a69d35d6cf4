/* SPDX-License-Identifier: MIT */
/* Keeps the store's name and language of a room in step with its document, where the editor changes them. */
#include <stdlib.h>
#include <string.h>

#include "room/state.h"

struct info_call {
  struct room *room;
  char *name, *language;
};

static void call_free(struct info_call *call) {
  if (!call) return;
  free(call->name);
  free(call->language);
  free(call);
}

static void on_saved(void *ctx, int err) {
  struct info_call *call = ctx;
  struct room *room = call->room;
  room->info_saving = false;
  if (err == 0) {
    char *name = room->name, *language = room->language;
    room->name = call->name;
    room->language = call->language;
    call->name = name;
    call->language = language;
  } else if (err != ERR_CANCELLED && err != ERR_NOT_FOUND) {
    room->info_changed = true; /* again at a later tick */
  }
  call_free(call);
}

/* A title as the API allows it: no control characters, at most name_max_chars characters. */
static char *clean_title(const struct buf *title, const struct room *room) {
  size_t max = (size_t)room->registry->limits->name_max_chars;
  char *out = malloc(title->len + 1);
  if (!out) return NULL;
  size_t n = 0, chars = 0;
  for (size_t i = 0; i < title->len; i++) {
    uint8_t c = title->data[i];
    if (c < 0x20 || c == 0x7f) continue;
    if ((c & 0xc0) != 0x80 && chars++ == max) break;
    out[n++] = (char)c;
  }
  out[n] = '\0';
  return out;
}

static char *main_language(struct room *room) {
  struct document_files files = {0};
  if (document_files(&room->document, (size_t)room->registry->limits->path_max_bytes, &files)) return NULL;
  const struct document_file *file = document_main(&files);
  bool set = file && file->language[0] && strlen(file->language) <= 64;
  char *out = strdup(set ? file->language : room->language);
  document_files_deinit(&files);
  return out;
}

static struct info_call *read_info(struct room *room) {
  struct info_call *call = calloc(1, sizeof *call);
  struct buf title = BUF_INIT;
  int err = call ? document_title(&room->document, &title) : ERR_NOMEM;
  if (!err) {
    call->room = room;
    call->name = clean_title(&title, room);
    call->language = main_language(room);
    if (call->name && call->name[0] == '\0') {
      free(call->name);
      call->name = strdup(room->name);
    }
    if (!call->name || !call->language) err = ERR_NOMEM;
  }
  buf_deinit(&title);
  if (!err) return call;
  call_free(call);
  return NULL;
}

void info_tick(struct room *room, uint64_t unix_ms) {
  if (!room->info_changed || room->info_saving || room->state != ROOM_READY) return;
  struct info_call *call = read_info(room);
  if (!call) return;
  room->info_changed = false;
  if (strcmp(call->name, room->name) == 0 && strcmp(call->language, room->language) == 0) {
    call_free(call);
    return;
  }
  struct store *store = room->registry->store;
  room->info_saving = true;
  if (store->ops->update_room(store, room->id, call->name, call->language, unix_ms, on_saved, call) == 0) return;
  room->info_saving = false;
  room->info_changed = true;
  call_free(call);
}
