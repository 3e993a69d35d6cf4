/* SPDX-License-Identifier: MIT */
#include "net/routes_rooms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "net/input.h"
#include "wire/api_reply.h"
#include "wire/api_request.h"

#define LIST_MAX 200

static struct api_room_view view_of(const struct room_info *info) {
  return (struct api_room_view){.id = info->id,
                                .name = info->name,
                                .language = info->language,
                                .owner_name = info->owner_name,
                                .created_at = info->created_at,
                                .updated_at = info->updated_at,
                                .members = info->members};
}

static void reply_room(struct request *r, int status, const struct room_info *info) {
  struct buf body = BUF_INIT;
  struct api_room_view view = view_of(info);
  int err = api_reply_room(&view, &body);
  request_reply_json(r, status, &body, err);
}

/* Create. */

static void on_created(void *ctx, int err, const struct room_info *info) {
  struct request *r = ctx;
  if (err == ERR_FULL) {
    request_reply_detail(r, 507, "This server holds as many rooms as it may: an old one has to be deleted first.");
  } else if (err) {
    request_reply_err(r, err, "room");
  } else {
    char location[sizeof "/api/v1/rooms/" + STORE_ROOM_ID_MAX];
    snprintf(location, sizeof location, "/api/v1/rooms/%s", info->id);
    request_set_header(r, "Location", location);
    reply_room(r, 201, info);
  }
}

/* Errors of headers and body in one list. */
static int read_creation(struct request *r, struct api_room *room, struct api_errors *errors) {
  int err = input_identity(r, true, true, errors);
  size_t len;
  const uint8_t *body = request_body(r, &len);
  if (err || len == 0) return err;
  err = api_room_parse(body, len, r->net->config->limits.name_max_chars, false, room, errors);
  return err == ERR_MALFORMED ? 0 : err;
}

void routes_rooms_create(void *ctx, struct request *r) {
  (void)ctx;
  if (!input_json(r, false)) return;
  struct api_errors errors = {0};
  struct api_room room = {0};
  int err = read_creation(r, &room, &errors);
  if (!err && errors.count) {
    request_reply_errors(r, &errors);
  } else {
    struct room_spec spec = {.name = room.name ? room.name : "",
                             .language = room.language ? room.language : "",
                             .code = (const uint8_t *)(room.code ? room.code : ""),
                             .code_len = room.code_len,
                             .owner_name = (const char *)r->name.data,
                             .owner_mail = (const char *)r->mail.data};
    if (!err) err = registry_create_room(r->registry, &spec, clock_unix_ms(), on_created, r);
    if (err) on_created(r, err, NULL);
  }
  api_room_deinit(&room);
}

/* List. */

static void on_listed(void *ctx, int err, const struct room_info *rooms, size_t count) {
  struct request *r = ctx;
  if (err) {
    request_reply_err(r, err, "list of rooms");
    return;
  }
  struct buf body = BUF_INIT;
  err = buf_append_str(&body, "{\"rooms\":[");
  for (size_t i = 0; i < count && !err; i++) {
    struct api_room_view view = view_of(&rooms[i]);
    if (i) err = buf_append_byte(&body, ',');
    if (!err) err = api_reply_room(&view, &body);
  }
  if (!err) err = buf_append_str(&body, "]}");
  request_reply_json(r, 200, &body, err);
}

/* Whoever asks must say which user; false: that was not said well, and is answered. */
static bool read_user(struct request *r, const char *what) {
  struct api_errors errors = {0};
  int err = input_identity(r, false, true, &errors);
  if (err)
    request_reply_err(r, err, what);
  else if (errors.count)
    request_reply_errors(r, &errors);
  return !err && !errors.count;
}

void routes_rooms_list(void *ctx, struct request *r) {
  (void)ctx;
  if (!read_user(r, "list of rooms")) return;
  int err = registry_list(r->registry, (const char *)r->mail.data, LIST_MAX, on_listed, r);
  if (err) request_reply_err(r, err, "list of rooms");
}

/* Read. */

static void on_opened(void *ctx, int err, struct room *room) {
  struct request *r = ctx;
  struct registry *registry = r->registry;
  if (err) {
    request_reply_err(r, err, "room");
    return;
  }
  struct buf code = BUF_INIT;
  struct buf body = BUF_INIT;
  struct room_info info;
  err = room_main_text(room, &code);
  room_info(room, &info);
  struct api_room_view view = view_of(&info);
  view.code = code.data ? code.data : (const uint8_t *)"";
  view.code_len = code.len;
  if (!err) err = api_reply_room(&view, &body);
  request_reply_json(r, 200, &body, err);
  buf_deinit(&code);
  registry_release(registry, room, clock_mono_ms());
}

void routes_rooms_read(void *ctx, struct request *r) {
  (void)ctx;
  if (!input_room(r)) return;
  int err = registry_open(r->registry, r->room_id, on_opened, r);
  if (err) request_reply_err(r, err, "room");
}

/* Change. */

static void on_changed(void *ctx, int err, const struct room_info *info) {
  struct request *r = ctx;
  if (err) {
    request_reply_err(r, err, "room");
  } else {
    reply_room(r, 200, info);
  }
}

void routes_rooms_change(void *ctx, struct request *r) {
  (void)ctx;
  if (!input_json(r, true) || !input_room(r)) return;
  struct api_errors errors = {0};
  struct api_room room = {0};
  size_t len;
  const uint8_t *body = request_body(r, &len);
  int err = api_room_parse(body, len, r->net->config->limits.name_max_chars, true, &room, &errors);
  if (err == ERR_MALFORMED) {
    request_reply_errors(r, &errors);
  } else {
    const char *author = "";
    if (!err) err = input_author(r, &author);
    if (!err)
      err = registry_update_room(r->registry, r->room_id, room.name, room.language, author, clock_mono_ms(),
                                 clock_unix_ms(), on_changed, r);
    if (err) request_reply_err(r, err, "room");
  }
  api_room_deinit(&room);
}

/* Delete. */

static void on_deleted(void *ctx, int err) {
  struct request *r = ctx;
  if (err == ERR_DENIED) {
    request_reply_detail(r, 403, "Only who created a room may delete it: x-usermail is not that person's.");
  } else if (err) {
    request_reply_err(r, err, "room");
  } else {
    request_reply(r, 204, NULL, NULL, 0);
  }
}

void routes_rooms_delete(void *ctx, struct request *r) {
  (void)ctx;
  if (!read_user(r, "room") || !input_room(r)) return;
  int err = registry_delete_room(r->registry, r->room_id, (const char *)r->mail.data, on_deleted, r);
  if (err) on_deleted(r, err);
}
