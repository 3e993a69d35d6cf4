/* SPDX-License-Identifier: MIT */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

static void on_dirty(void *ctx) {
  ((struct fixture *)ctx)->dirty = true;
}

static void on_created(void *ctx, int err, const struct room_info *info) {
  struct fixture *f = ctx;
  assert_int_equal(err, 0);
  snprintf(f->id, sizeof f->id, "%s", info->id);
}

void fixture_turn(struct fixture *f) {
  while (f->dirty) {
    f->dirty = false;
    registry_flush(f->registry, f->now_ms);
  }
}

void fixture_settle(struct fixture *f) {
  do fixture_turn(f);
  while (fake_store_run(&f->store) > 0);
  fixture_turn(f);
}

int fixture_start(void **state) {
  struct fixture *f = *state;
  *f = (struct fixture){.limits = LIMITS_DEFAULT, .now_ms = 1000};
  fake_store_init(&f->store);
  struct registry_options options = {.store = &f->store.store, .limits = &f->limits, .on_dirty = on_dirty, .ctx = f};
  assert_int_equal(registry_create(&options, &f->registry), 0);
  struct room_spec spec = {.name = "a room",
                           .language = "c",
                           .code = (const uint8_t *)"hello",
                           .code_len = 5,
                           .owner_name = "Ann",
                           .owner_mail = "ann@example.org"};
  assert_int_equal(registry_create_room(f->registry, &spec, 1, on_created, f), 0);
  assert_string_equal(f->id, ""); /* not before the commit */
  fixture_settle(f);
  assert_true(registry_id_valid(f->id));
  fixture_open(f);
  assert_int_equal(f->open_err, 0);
  return 0;
}

int fixture_stop(void **state) {
  struct fixture *f = *state;
  if (f->room) fixture_release(f);
  fixture_settle(f);
  registry_destroy(f->registry);
  fake_store_deinit(&f->store);
  return 0;
}

static void on_open(void *ctx, int err, struct room *room) {
  struct fixture *f = ctx;
  f->room = room;
  f->open_err = err;
}

void fixture_open(struct fixture *f) {
  f->open_err = 1;
  assert_int_equal(registry_open(f->registry, f->id, on_open, f), 0);
  assert_int_equal(f->open_err, 1); /* never before the call returns */
  fixture_settle(f);
  assert_int_not_equal(f->open_err, 1);
}

void fixture_release(struct fixture *f) {
  registry_release(f->registry, f->room, f->now_ms);
  f->room = NULL;
}

/* ---- peers ---- */

static void on_output(void *ctx) {
  (void)ctx;
}

static void on_close(void *ctx, uint16_t code, const char *reason) {
  struct peer *p = ctx;
  assert_int_equal(p->closed, 0);
  assert_non_null(reason);
  p->closed = code;
}

static const struct member_hooks hooks = {.on_output = on_output, .on_close = on_close};

void peer_join(struct peer *p, struct fixture *f, enum member_kind kind, uint64_t client) {
  *p = (struct peer){.f = f};
  assert_int_equal(yata_doc_create(&(yata_options){.client_id = client}, &p->doc), 0);
  struct member_options options = {.kind = kind, .conn_id = client, .name = "peer", .hooks = &hooks, .ctx = p};
  assert_int_equal(room_join(f->room, &options, f->now_ms, &p->member), 0);
  if (kind == MEMBER_YJS) {
    const uint8_t step1[] = {0, 0, 1, 0};
    peer_send(p, step1, sizeof step1);
  }
  fixture_turn(f);
  peer_read(p);
}

void peer_leave(struct peer *p) {
  room_leave(p->member, p->f->now_ms);
  yata_doc_destroy(p->doc);
}

static void take_message(struct peer *p, const uint8_t *data, size_t len) {
  struct yproto_message m;
  assert_int_equal(yproto_decode(data, len, &m, NULL), 0);
  p->messages++;
  if (m.kind == YPROTO_SYNC_STEP2 || m.kind == YPROTO_UPDATE)
    assert_int_equal(yata_apply_update(p->doc, m.data, m.len, NULL), 0);
  if (m.kind == YPROTO_UPDATE) p->updates++;
  if (m.kind == YPROTO_SAVED && m.token > p->saved) p->saved = m.token;
}

/* Frames of a server: final, unmasked. */
static void take_frames(struct peer *p, const uint8_t *in, size_t len) {
  for (size_t at = 0; at < len;) {
    size_t payload = in[at + 1], head = 2;
    if (payload == 126) {
      payload = (size_t)in[at + 2] << 8 | in[at + 3];
      head = 4;
    }
    assert_true(at + head + payload <= len);
    if ((in[at] & 15) == WS_TEXT) {
      assert_true(payload < sizeof p->text);
      memcpy(p->text, in + at + head, payload);
      p->text[payload] = '\0';
      p->texts++;
    } else if ((in[at] & 15) == WS_PING) {
      member_on_pong(p->member, in + at + head, payload);
    } else {
      take_message(p, in + at + head, payload);
    }
    at += head + payload;
  }
}

void peer_read(struct peer *p) {
  struct buf bytes = BUF_INIT;
  struct iovec iov[3];
  for (int n; (n = member_output_peek(p->member, iov, 3)) > 0;) {
    size_t took = 0;
    for (int i = 0; i < n; i++) {
      assert_int_equal(buf_append(&bytes, iov[i].iov_base, iov[i].iov_len), 0);
      took += iov[i].iov_len;
    }
    member_output_consume(p->member, took);
  }
  assert_int_equal(member_output_pending(p->member), 0);
  take_frames(p, bytes.data, bytes.len);
  buf_deinit(&bytes);
}

void peer_send(struct peer *p, const void *data, size_t len) {
  member_on_message(p->member, true, data, len, p->f->now_ms, 5);
}

void peer_say(struct peer *p, const char *text) {
  member_on_message(p->member, false, (const uint8_t *)text, strlen(text), p->f->now_ms, 5);
}

void peer_ask_saved(struct peer *p, uint64_t token) {
  struct buf message = BUF_INIT;
  assert_int_equal(yproto_append_saved(&message, token), 0);
  peer_send(p, message.data, message.len);
  buf_deinit(&message);
}

static yata_type main_text(struct peer *p) {
  yata_type files, file = {0};
  yata_slice id;
  uint32_t cursor = 0;
  yata_value value = {0};
  assert_int_equal(yata_map(p->doc, "files", &files), 0);
  assert_int_equal(yata_map_next(p->doc, files, &cursor, &id), 0);
  assert_int_equal(yata_map_get(p->doc, files, (const char *)id.data, id.len, &value), 0);
  file = value.type;
  assert_int_equal(yata_map_get(p->doc, file, "text", 4, &value), 0);
  return value.type;
}

void peer_type(struct peer *p, uint32_t at, const char *text) {
  yata_buf update = YATA_BUF_INIT;
  struct buf message = BUF_INIT;
  assert_int_equal(yata_txn_begin(p->doc), 0);
  assert_int_equal(yata_text_insert(p->doc, main_text(p), at, text, strlen(text)), 0);
  assert_int_equal(yata_txn_commit(p->doc, &update), 0);
  assert_int_equal(yproto_append_update(&message, update.data, update.len), 0);
  peer_send(p, message.data, message.len);
  yata_buf_deinit(&update);
  buf_deinit(&message);
}

const char *peer_text(struct peer *p) {
  static char text[4096];
  yata_buf out = YATA_BUF_INIT;
  assert_int_equal(yata_text_read(p->doc, main_text(p), &out), 0);
  assert_true(out.len < sizeof text);
  if (out.len) memcpy(text, out.data, out.len);
  text[out.len] = '\0';
  yata_buf_deinit(&out);
  return text;
}

const char *room_text(struct fixture *f) {
  static char text[4096];
  struct buf out = BUF_INIT;
  assert_int_equal(room_main_text(f->room, &out), 0);
  assert_true(out.len < sizeof text);
  if (out.len) memcpy(text, out.data, out.len);
  text[out.len] = '\0';
  buf_deinit(&out);
  return text;
}
