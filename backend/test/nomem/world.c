/* SPDX-License-Identifier: MIT */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "doc.h"
#include "wire/yproto.h"

/* The server --------------------------------------------------------------- */

static void on_dirty(void *ctx) {
  ((struct world *)ctx)->dirty = true;
}

static int open_parts(struct world *w) {
  struct buf error = BUF_INIT;
  int err = 0;
  SERVER(err = place_open_store(w->place, w->loop, NULL, &w->limits, &w->store, &error));
  buf_deinit(&error);
  if (err) return err;
  const struct registry_options registry = {.store = w->store, .limits = &w->limits, .on_dirty = on_dirty, .ctx = w};
  SERVER(err = registry_create(&registry, &w->registry));
  if (err) store_destroy(w->store);
  return err;
}

static bool is_up(void *ctx) {
  struct world *w = ctx;
  struct store_status status;
  w->store->ops->status(w->store, &status);
  return status.up;
}

void world_open(struct world *w, struct place *place) {
  *w = (struct world){.place = place, .limits = LIMITS_DEFAULT, .now_ms = 1000};
  w->limits.compact_rows = 8;
  w->limits.room_idle_ms = 1000;
  w->limits.history_keep_bytes = 1024;
  w->limits.history_keep_ms = 0;
  if (loop_create(NULL, &w->loop) != 0) abort();
  int err = open_parts(w);
  if (err && nomem_failed()) err = open_parts(w);
  if (err) {
    printf("Bail out! the store does not open: %s\n", err_text(err));
    abort();
  }
  if (place->postgres) world_until(w, is_up, w, "the store's being up"); /* SQLite is when it is first used */
}

void world_close(struct world *w) {
  SERVER(store_destroy(w->store));
  SERVER(registry_destroy(w->registry));
  loop_destroy(w->loop);
}

void world_turn(struct world *w) {
  SERVER((void)!loop_run_once(w->loop, 1));
  while (w->dirty) {
    w->dirty = false;
    SERVER(registry_flush(w->registry, w->now_ms));
  }
}

void world_until(struct world *w, bool (*done)(void *ctx), void *ctx, const char *what) {
  uint64_t end = clock_mono_ms() + 5000;
  do world_turn(w);
  while (!done(ctx) && clock_mono_ms() < end);
  CHECK(done(ctx), "%s: it never came", what);
}

bool world_idle(void *ctx) {
  return journal_idle(((struct world *)ctx)->room);
}

struct answer {
  struct world *world;
  bool came;
  int err;
};

static bool has_come(void *ctx) {
  return ((struct answer *)ctx)->came;
}

static void on_created(void *ctx, int err, const struct room_info *info) {
  struct answer *answer = ctx;
  answer->came = true;
  answer->err = err;
  if (!err) snprintf(answer->world->id, sizeof answer->world->id, "%s", info->id);
}

static int create_room(struct world *w) {
  struct answer answer = {.world = w};
  const struct room_spec spec = {.name = "a room",
                                 .language = "c",
                                 .code = (const uint8_t *)"int main;",
                                 .code_len = 9,
                                 .owner_name = "Ann",
                                 .owner_mail = "ann@example.org"};
  int err = 0;
  SERVER(err = registry_create_room(w->registry, &spec, 1, on_created, &answer));
  if (err) return err;
  world_until(w, has_come, &answer, "the answer to creating a room");
  return answer.err;
}

void world_create_room(struct world *w) {
  int err = create_room(w);
  CHECK(!err || (err == ERR_NOMEM && nomem_failed()), "creating a room: %s", err_text(err));
  if (err) err = create_room(w);
  CHECK(!err, "creating a room again: %s", err_text(err));
}

static void on_open(void *ctx, int err, struct room *room) {
  struct answer *answer = ctx;
  answer->came = true;
  answer->err = err;
  answer->world->room = room;
}

static int open_room(struct world *w) {
  struct answer answer = {.world = w};
  int err = 0;
  SERVER(err = registry_open(w->registry, w->id, on_open, &answer));
  if (err) return err;
  world_until(w, has_come, &answer, "the answer to opening the room");
  return answer.err;
}

void world_open_room(struct world *w) {
  int err = open_room(w);
  CHECK(!err || (err == ERR_NOMEM && nomem_failed()), "opening the room: %s", err_text(err));
  if (err) err = open_room(w);
  CHECK(!err, "opening the room again: %s", err_text(err));
  if (err) abort();
}

void world_release_room(struct world *w) {
  SERVER(registry_release(w->registry, w->room, w->now_ms));
}

/* Clients ------------------------------------------------------------------ */

static void on_output(void *ctx) {
  (void)ctx;
}

static void on_close(void *ctx, uint16_t code, const char *reason) {
  struct client *c = ctx;
  CHECK(!c->closed, "closed twice");
  CHECK(code == WS_CLOSE_INTERNAL && reason && reason[0], "closed with %u \"%s\"", code, reason ? reason : "");
  CHECK(nomem_failed(), "closed without need: %s", reason);
  c->closed = code;
}

static const struct member_hooks hooks = {.on_output = on_output, .on_close = on_close};

void client_init(struct client *c, struct world *w, enum member_kind kind, uint64_t number) {
  *c = (struct client){.world = w, .kind = kind, .number = number};
  c->doc = doc_create(number);
}

void client_deinit(struct client *c) {
  yata_doc_destroy(c->doc);
}

void client_send(struct client *c, const void *data, size_t len) {
  SERVER(member_on_message(c->member, c->kind == MEMBER_YJS, data, len, c->world->now_ms, 5));
}

static void take_message(struct client *c, const uint8_t *data, size_t len) {
  struct yproto_message m;
  CHECK(yproto_decode(data, len, &m, NULL) == 0, "the server says what cannot be understood");
  if (m.kind == YPROTO_SYNC_STEP2 || m.kind == YPROTO_UPDATE)
    CHECK(yata_apply_update(c->doc, m.data, m.len, NULL) == 0, "the server sends a broken update");
  if (m.kind == YPROTO_SAVED && m.token > c->saved) c->saved = m.token;
}

static void take_frames(struct client *c, const uint8_t *in, size_t len) {
  for (size_t at = 0; at < len;) {
    size_t payload = in[at + 1], head = 2;
    if (payload == 126) {
      payload = (size_t)in[at + 2] << 8 | in[at + 3];
      head = 4;
    }
    if (at + head + payload > len) abort();
    unsigned opcode = in[at] & 15;
    if (opcode == WS_BINARY) take_message(c, in + at + head, payload);
    if (opcode == WS_TEXT) c->texts++;
    if (opcode == WS_PING) SERVER(member_on_pong(c->member, in + at + head, payload));
    at += head + payload;
  }
}

void client_read(struct client *c) {
  struct buf bytes = BUF_INIT;
  struct iovec iov[3];
  if (!c->member) return;
  for (int n; (n = member_output_peek(c->member, iov, 3)) > 0;) {
    size_t took = 0;
    for (int i = 0; i < n; i++) {
      if (buf_append(&bytes, iov[i].iov_base, iov[i].iov_len) != 0) abort();
      took += iov[i].iov_len;
    }
    SERVER(member_output_consume(c->member, took));
  }
  take_frames(c, bytes.data, bytes.len);
  buf_deinit(&bytes);
}

void client_leave(struct client *c) {
  if (c->member) SERVER(room_leave(c->member, c->world->now_ms));
  c->member = NULL;
}

static int join(struct client *c) {
  struct member_options options = {.kind = c->kind, .conn_id = c->number, .name = "peer", .hooks = &hooks, .ctx = c};
  int err = 0;
  client_leave(c);
  c->closed = 0;
  SERVER(err = room_join(c->world->room, &options, c->world->now_ms, &c->member));
  if (err) c->member = NULL;
  return err;
}

static void send_update(struct client *c, const uint8_t *update, size_t len) {
  struct buf message = BUF_INIT;
  if (yproto_append_update(&message, update, len) != 0) abort();
  client_send(c, message.data, message.len);
  buf_deinit(&message);
}

/** What a client says when it has connected: what do you have, and this is what I have. */
static void sync(struct client *c) {
  static const uint8_t step1[] = {0, 0, 1, 0};
  struct blob *state = doc_state(c->doc);
  client_send(c, step1, sizeof step1);
  send_update(c, state->data, state->len);
  blob_unref(state);
}

void client_connect(struct client *c) {
  for (int tries = 0; tries < 3; tries++) {
    if (c->member && !c->closed) return;
    int err = join(c);
    CHECK(!err || (err == ERR_NOMEM && nomem_failed()), "joining: %s", err_text(err));
    if (err) continue;
    if (c->kind == MEMBER_YJS) sync(c);
    world_turn(c->world);
    client_read(c);
  }
  CHECK(c->member && !c->closed, "no connection can be made");
}

/* The document --------------------------------------------------------------- */

static bool same(const struct blob *a, const struct blob *b) {
  return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

/** The server's document is as before, or as before and the update; and if as before, the sender is told. */
static void check_taken(struct client *c, const struct blob *before, const yata_buf *update) {
  yata_doc *doc = c->world->room->document.doc, *other = doc_create(999);
  struct blob *now = doc_state(doc);
  CHECK(yata_doc_check(doc) == 0, "the room's document is broken");
  doc_changes(other, before);
  if (yata_apply_update(other, update->data, update->len, NULL) != 0) abort();
  struct blob *after = doc_state(other);
  CHECK(same(now, before) || same(now, after), "an edit was taken in part");
  CHECK(!same(now, before) || c->closed, "an edit was not taken, and its sender not told");
  yata_doc_destroy(other);
  blob_unref(now);
  blob_unref(after);
}

void client_edit(struct client *c, uint32_t at, const char *insert, uint32_t removed) {
  yata_buf update = YATA_BUF_INIT;
  client_connect(c);
  doc_edit(c->doc, at, insert, removed, &update);
  struct blob *before = doc_state(c->world->room->document.doc);
  if (update.len) send_update(c, update.data, update.len);
  if (update.len) check_taken(c, before, &update);
  blob_unref(before);
  yata_buf_deinit(&update);
  world_turn(c->world);
  client_read(c);
}

static bool is_saved(void *ctx) {
  struct client *c = ctx;
  client_read(c);
  return c->closed || c->saved >= c->asked;
}

void client_save(struct client *c) {
  for (int tries = 0; tries < 3; tries++) {
    struct buf message = BUF_INIT;
    client_connect(c);
    if (yproto_append_saved(&message, ++c->asked) != 0) abort();
    client_send(c, message.data, message.len);
    buf_deinit(&message);
    /* A state that takes the place of a lost row is written by the tick. */
    SERVER(registry_tick(c->world->registry, ++c->world->now_ms, 5));
    world_until(c->world, is_saved, c, "the acknowledgement");
    if (!c->closed) return;
  }
  CHECK(false, "nothing is acknowledged any more");
}
