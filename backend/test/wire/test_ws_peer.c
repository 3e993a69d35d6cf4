/* SPDX-License-Identifier: MIT */
#include <wslay/wslay.h>

#include "base/support.h"
#include "wire/ws_frame.h"

/* wslay as an independent peer: what its client sends we decode, what we send its client decodes. */
struct peer {
  struct buf sent;     /* by wslay */
  struct buf incoming; /* for wslay */
  struct buf heard;    /* messages as wslay saw them: opcode, payload, newline */
  struct rng rng;
};

static ssize_t on_wslay_send(wslay_event_context_ptr ctx, const uint8_t *data, size_t len, int flags, void *user) {
  (void)ctx, (void)flags;
  struct peer *p = user;
  return buf_append(&p->sent, data, len) ? -1 : (ssize_t)len;
}

static ssize_t on_wslay_recv(wslay_event_context_ptr ctx, uint8_t *data, size_t len, int flags, void *user) {
  (void)flags;
  struct peer *p = user;
  if (p->incoming.len == 0) {
    wslay_event_set_error(ctx, WSLAY_ERR_WOULDBLOCK);
    return -1;
  }
  if (len > p->incoming.len) len = p->incoming.len;
  memcpy(data, p->incoming.data, len);
  buf_consume(&p->incoming, len);
  return (ssize_t)len;
}

static int on_wslay_genmask(wslay_event_context_ptr ctx, uint8_t *out, size_t len, void *user) {
  (void)ctx;
  struct peer *p = user;
  for (size_t i = 0; i < len; i++) out[i] = (uint8_t)rng_next(&p->rng);
  return 0;
}

static void on_wslay_message(wslay_event_context_ptr ctx, const struct wslay_event_on_msg_recv_arg *arg, void *user) {
  (void)ctx;
  struct peer *p = user;
  assert_int_equal(buf_printf(&p->heard, "%d %d ", arg->opcode, arg->status_code), 0);
  assert_int_equal(buf_append(&p->heard, arg->msg, arg->msg_length), 0);
  assert_int_equal(buf_append_byte(&p->heard, '\n'), 0);
}

static wslay_event_context_ptr peer_init(struct peer *p, struct rng rng) {
  static const struct wslay_event_callbacks callbacks = {.recv_callback = on_wslay_recv,
                                                         .send_callback = on_wslay_send,
                                                         .genmask_callback = on_wslay_genmask,
                                                         .on_msg_recv_callback = on_wslay_message};
  *p = (struct peer){.rng = rng};
  wslay_event_context_ptr ctx;
  assert_int_equal(wslay_event_context_client_init(&ctx, &callbacks, p), 0);
  return ctx;
}

static void peer_deinit(struct peer *p, wslay_event_context_ptr ctx) {
  wslay_event_context_free(ctx);
  buf_deinit(&p->sent);
  buf_deinit(&p->incoming);
  buf_deinit(&p->heard);
}

static const size_t sizes[] = {0, 1, 7, 8, 9, 125, 126, 127, 4000, 65535, 65536, 70001};

static struct buf random_payload(struct rng *r, size_t len) {
  struct buf b = BUF_INIT;
  for (size_t i = 0; i < len; i++) assert_int_equal(buf_append_byte(&b, (uint8_t)('a' + rng_below(r, 26))), 0);
  return b;
}

/* Feed all in random pieces; each message must equal the next of @want. */
static void decode_all(struct buf *bytes, const struct buf *want, const int *opcodes, size_t count, struct rng *r) {
  struct ws_decoder d;
  ws_decoder_init(&d, 1 << 20);
  size_t seen = 0;
  for (size_t at = 0, end = 0; at < bytes->len;) {
    if (end == at) end = at + 1 + rng_below(r, bytes->len - at);
    size_t used;
    struct ws_event ev;
    assert_int_equal(ws_decoder_feed(&d, bytes->data + at, end - at, &used, &ev), 0);
    at += used;
    if (ev.kind == WS_EVENT_NONE) continue;
    assert_true(seen < count);
    int opcode = ev.kind == WS_EVENT_PING   ? WS_PING
                 : ev.kind == WS_EVENT_PONG ? WS_PONG
                 : ev.binary                ? WS_BINARY
                                            : WS_TEXT;
    assert_int_equal(ev.kind == WS_EVENT_ERROR, 0);
    assert_int_equal(opcode, opcodes[seen]);
    assert_int_equal(ev.len, want[seen].len);
    if (ev.len) assert_memory_equal(ev.data, want[seen].data, ev.len);
    seen++;
  }
  assert_int_equal(seen, count);
  ws_decoder_deinit(&d);
}

static void what_wslay_sends_we_decode(void **state) {
  (void)state;
  struct rng r = rng_of_test(31);
  for (int round = 0; round < 20; round++) {
    struct peer p;
    wslay_event_context_ptr ctx = peer_init(&p, r);
    struct buf want[COUNT_OF(sizes)];
    int opcodes[COUNT_OF(sizes)];
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
      static const int choice[] = {WS_TEXT, WS_BINARY, WS_PING, WS_PONG};
      want[i] = random_payload(&r, sizes[i]);
      opcodes[i] = choice[rng_below(&r, sizes[i] <= 125 ? 4 : 2)];
      struct wslay_event_msg msg = {.opcode = (uint8_t)opcodes[i], .msg = want[i].data, .msg_length = want[i].len};
      assert_int_equal(wslay_event_queue_msg(ctx, &msg), 0);
      assert_int_equal(wslay_event_send(ctx), 0); /* one by one: wslay lets control frames overtake */
    }
    decode_all(&p.sent, want, opcodes, COUNT_OF(sizes), &r);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) buf_deinit(&want[i]);
    peer_deinit(&p, ctx);
  }
}

static void what_we_send_wslay_decodes(void **state) {
  (void)state;
  struct rng r = rng_of_test(37);
  struct peer p;
  wslay_event_context_ptr ctx = peer_init(&p, r);
  struct buf want = BUF_INIT;
  for (size_t i = 0; i < COUNT_OF(sizes); i++) {
    enum ws_opcode opcode = i % 2 ? WS_TEXT : WS_BINARY;
    struct buf payload = random_payload(&r, sizes[i]);
    assert_int_equal(ws_frame_append(&p.incoming, opcode, payload.data, payload.len), 0);
    assert_int_equal(buf_printf(&want, "%d 0 ", (int)opcode), 0);
    assert_int_equal(buf_append(&want, payload.data, payload.len), 0);
    assert_int_equal(buf_append_byte(&want, '\n'), 0);
    buf_deinit(&payload);
  }
  uint8_t closing[WS_CLOSE_FRAME_MAX_BYTES];
  assert_int_equal(buf_append(&p.incoming, closing, ws_frame_close(closing, 4409, "why")), 0);
  assert_int_equal(buf_append_str(&want, "8 4409 \x11\x39why\n"), 0);
  assert_int_equal(wslay_event_recv(ctx), 0);
  assert_int_equal(p.heard.len, want.len);
  assert_memory_equal(p.heard.data, want.data, want.len);
  buf_deinit(&want);
  peer_deinit(&p, ctx);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_wslay_sends_we_decode),
      cmocka_unit_test(what_we_send_wslay_decodes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
