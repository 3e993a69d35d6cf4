/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/log.h"
#include "net/session_state.h"
#include "room/room.h"
#include "wire/ws_frame.h"

void session_die(struct session *s) {
  s->dead = true;
  session_want_step(s);
}

void session_close(struct session *s, uint16_t code, const char *reason) {
  if (s->closing) return;
  s->closing = true;
  s->closing_ms = clock_mono_ms();
  s->close_code = code;
  s->close_len = (uint8_t)ws_frame_close(s->close_frame, code, reason);
  log_debug(session_about(s), "closing with %u: %s", code, reason);
  session_want_step(s);
}

void session_leave(struct session *s) {
  if (s->member) room_leave(s->member, clock_mono_ms());
  s->member = NULL;
}

void session_check_backlog(struct session *s) {
  if (!s->member || member_output_backlog(s->member) <= s->all->net->config->limits.outbox_max_bytes) return;
  log_info(session_about(s), "closed: %zu bytes wait and the client does not read them",
           member_output_pending(s->member));
  if (session_take_frame_rest(s) != 0) {
    session_die(s);
    return;
  }
  session_close(s, WS_CLOSE_TRY_LATER, "The connection is too slow for what happens in this room");
  session_leave(s);
  session_want_step(s);
}

void session_go_on_closing(struct session *s) {
  if (!s->dead && s->closing && !s->close_queued && (!s->member || member_output_pending(s->member) == 0)) {
    session_leave(s);
    s->close_queued = true;
    session_write_out(s);
  }
  if (s->dead || !s->close_queued || s->close_sent < s->close_len) return;
  if (s->peer_closed) {
    s->dead = true;
  } else if (s->close_code >= 1002 && !s->finished) { /* the peer did wrong: it need not agree */
    s->finished = true;
    s->transport.ops->finish(&s->transport);
  }
}
