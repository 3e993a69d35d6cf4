/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/text_field.h"
#include "room/state.h"
#include "wire/yproto.h"

int room_new(struct registry *registry, const char *id, struct room **out) {
  struct room *room = calloc(1, sizeof *room);
  if (!room) return ERR_NOMEM;
  room->registry = registry;
  strncpy(room->id, id, sizeof room->id - 1);
  int err = document_create(registry->limits, &room->document);
  if (err) {
    room_free(room);
    return err;
  }
  *out = room;
  return 0;
}

void room_free(struct room *room) {
  if (!room) return;
  for (size_t i = 0; i < room->base_count; i++) blob_unref(room->bases[i].text);
  journal_deinit(room);
  presence_deinit(&room->presence);
  document_deinit(&room->document);
  buf_deinit(&room->turn);
  free(room->name);
  free(room->language);
  free(room->owner_name);
  free(room->owner_mail);
  free(room);
}

int room_take_info(struct room *room, const struct store_room *info) {
  room->created_at = info->created_at;
  room->updated_at = info->updated_at;
  int err = text_field_set(&room->name, info->name);
  if (!err) err = text_field_set(&room->language, info->language);
  if (!err) err = text_field_set(&room->owner_name, info->owner_name);
  if (!err) err = text_field_set(&room->owner_mail, info->owner_mail);
  return err;
}

void room_info(const struct room *room, struct room_info *out) {
  *out = (struct room_info){.id = room->id,
                            .name = room->name,
                            .language = room->language,
                            .owner_name = room->owner_name,
                            .owner_mail = room->owner_mail,
                            .created_at = room->created_at,
                            .updated_at = room->updated_at,
                            .members = room->member_count};
}

void room_mark_dirty(struct room *room) {
  if (room->dirty) return;
  struct registry *registry = room->registry;
  room->dirty = true;
  room->next_dirty = registry->dirty;
  registry->dirty = room;
  registry_announce(registry);
}

/* Enough messages that one write for each member is little beside them. */
static bool has_plenty(const struct room *room) {
  return room->turn_messages >= room->member_count / 4;
}

int room_broadcast(struct room *room, struct member *except, const uint8_t *message, size_t len) {
  room_mark_dirty(room);
  if (room->member_count == 0 || (room->member_count == 1 && room->members == except)) return 0;
  size_t from = room->turn.len;
  int err = ws_frame_append(&room->turn, WS_BINARY, message, len);
  if (!err && except) err = member_skip(except, from, room->turn.len, 1);
  if (err)
    room->turn.len = from;
  else
    room->turn_messages++;
  if (room->held && has_plenty(room)) registry_announce(room->registry);
  return err;
}

int room_admit(struct room *room, size_t len) {
  const struct limits *limits = room->registry->limits;
  struct store_status status;
  room->registry->store->ops->status(room->registry->store, &status);
  /* As much as the append may count: refused there, it would be in the document and not in the log. */
  uint64_t cost = len + STORE_APPEND_COST + 4 * limits->name_max_chars;
  bool waiting = status.backlog_bytes > 0; /* alone any update may wait, or a large one never could */
  if (waiting && status.backlog_bytes + cost > limits->store_backlog_max_bytes) return ERR_UNAVAILABLE;
  return document_fits(&room->document, len, limits->document_max_bytes) ? 0 : ERR_TOO_LARGE;
}

int room_publish(struct room *room, const char *author, const uint8_t *update, size_t len, uint64_t unix_ms) {
  if (len == 0) return 0;
  metric_add(room->registry->metrics.updates, 1);
  journal_append(room, author, unix_ms, update, len);
  room->updated_at = unix_ms;
  room->text_changed = room->info_changed = true;
  struct buf message = BUF_INIT;
  int err = yproto_append_update(&message, update, len);
  if (!err) err = room_broadcast(room, NULL, message.data, message.len);
  buf_deinit(&message);
  if (err) room_close_members(room, WS_CLOSE_INTERNAL, "the server is out of memory");
  return 0;
}

void room_close_members(struct room *room, uint16_t code, const char *reason) {
  for (struct member *member = room->members, *next; member; member = next) {
    next = member->next;
    member_close(member, code, reason);
  }
}

enum { GATHER_MEMBERS_A_MS = 24, GATHER_MAX_MS = 10 };

uint64_t room_wait_ms(const struct room *room, uint64_t now_ms) {
  if (room->turn_messages == 0 || has_plenty(room) || room->registry->stopping) return 0;
  uint64_t pause = room->member_count / GATHER_MEMBERS_A_MS;
  uint64_t due = room->flushed_ms + (pause < GATHER_MAX_MS ? pause : GATHER_MAX_MS);
  return due > now_ms ? due - now_ms : 0;
}

void room_flush(struct room *room, uint64_t now_ms) {
  journal_flush(room);
  if (room->text_changed) {
    room->text_changed = false;
    plain_flush(room);
  }
  struct blob *turn = NULL;
  if (room->turn.len > 0) {
    room->flushed_ms = now_ms;
    turn = blob_create(room->turn.data, room->turn.len);
    if (!turn) room_close_members(room, WS_CLOSE_INTERNAL, "the server is out of memory");
    buf_clear(&room->turn);
    if (room->turn.cap > (1u << 20)) buf_deinit(&room->turn);
  }
  for (struct member *member = room->members, *next; member; member = next) {
    next = member->next;
    member_flush(member, turn);
  }
  blob_unref(turn);
  room->turn_messages = 0;
}

bool room_unused(const struct room *room) {
  return room->state != ROOM_LOADING && room->pins == 0 && room->member_count == 0 && !room->dirty &&
         !room->info_saving && journal_idle(room);
}

int room_when_saved(struct room *room, room_saved_fn fn, void *ctx) {
  return journal_wait(room, &(struct journal_waiter){.fn = fn, .ctx = ctx});
}
