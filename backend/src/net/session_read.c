/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/log.h"
#include "net/session_state.h"
#include "room/room.h"
#include "wire/ws_frame.h"

#define READ_BYTES_LEAST 512
#define READ_SLOW_US 2000         /* a read that takes longer to work on is followed by a smaller one */
#define CONTROL_BACKLOG_MAX 65536 /* pongs that the peer does not read */

static void on_peer_close(struct session *s, const struct ws_event *ev) {
  s->peer_closed = true;
  if (!s->closing) {
    log_debug(session_about(s), "the client closes with %u", ev->code);
    session_close(s, ev->code, "");
    session_leave(s);
    if (!frame_cursor_between(&s->cursor)) s->dead = true; /* no close frame fits into the middle of another */
  }
  session_want_step(s);
}

static void on_event(struct session *s, const struct ws_event *ev, uint64_t now_ms) {
  switch (ev->kind) {
  case WS_EVENT_MESSAGE:
    metric_add(s->all->net->count.messages_in, 1);
    if (!s->closing) member_on_message(s->member, ev->binary, ev->data, ev->len, now_ms, clock_unix_ms());
    break;
  case WS_EVENT_PING:
    if (s->closing) break;
    if (s->control.len > CONTROL_BACKLOG_MAX)
      s->dead = true;
    else if (ws_frame_append(&s->control, WS_PONG, ev->data, ev->len) != 0)
      session_close(s, WS_CLOSE_INTERNAL, "The server ran out of memory");
    session_want_step(s);
    break;
  case WS_EVENT_CLOSE: on_peer_close(s, ev); break;
  case WS_EVENT_ERROR:
    log_info(session_about(s), "protocol violation, closing with %u: %s", ev->code, ev->reason);
    session_close(s, ev->code, ev->reason);
    break;
  case WS_EVENT_PONG:
    if (!s->closing) member_on_pong(s->member, ev->data, ev->len);
    break;
  case WS_EVENT_NONE: break;
  }
}

void session_take_bytes(struct session *s, uint8_t *in, size_t len, uint64_t now_ms) {
  metric_add(s->all->net->count.bytes_in, len);
  session_heard(s, now_ms);
  while (len && !s->dead) {
    struct ws_event ev = {0};
    size_t used = 0;
    if (ws_decoder_feed(&s->decoder, in, len, &used, &ev) != 0) {
      session_close(s, WS_CLOSE_INTERNAL, "The server ran out of memory");
      return;
    }
    on_event(s, &ev, now_ms);
    if (ev.kind == WS_EVENT_ERROR || ev.kind == WS_EVENT_CLOSE || used == 0) return;
    in += used;
    len -= used;
  }
  ws_decoder_trim(&s->decoder); /* a large message came in parts: its buffer goes, not only at the next one */
}

void session_on_ready(void *ctx, unsigned ready) {
  struct session *s = ctx;
  if (s->dead) return;
  if (ready & LOOP_WRITE) {
    session_write_out(s);
    if (s->closing) session_want_step(s);
  }
  if (!(ready & LOOP_READ) || s->dead) return;
  size_t got = 0;
  int err = s->transport.ops->recv(&s->transport, s->all->input, s->read_bytes, &got);
  if (err == ERR_AGAIN) return;
  if (err || got == 0) {
    log_debug(session_about(s), err ? "the connection broke" : "the client is gone");
    session_die(s);
    return;
  }
  if (s->peer_closed || s->decoder.failed) return; /* nothing counts any more; waiting for end of input */
  uint64_t start = clock_mono_us();
  session_take_bytes(s, s->all->input, got, start / 1000);
  if (clock_mono_us() - start <= READ_SLOW_US)
    s->read_bytes = s->read_bytes < SESSION_READ_BYTES / 2 ? s->read_bytes * 2 : SESSION_READ_BYTES;
  else if (s->read_bytes / 4 >= READ_BYTES_LEAST)
    s->read_bytes /= 4;
}
