/* SPDX-License-Identifier: MIT */
#include "base/err.h"
#include "net/session_state.h"
#include "room/room.h"

#define IOV_MAX_HERE 64
#define FRAME_REST_MAX (1u << 20) /* of a half-written frame that is finished before 1013 */

static void set_blocked(struct session *s, bool blocked) {
  if (s->blocked == blocked || !s->watch) return;
  s->blocked = blocked;
  if (loop_watch_set(s->watch, LOOP_READ | (blocked ? LOOP_WRITE : 0u)) != 0) session_die(s);
}

/* Account for @put bytes of @iov, of which the first @control_bytes are ours, and all once the room was left. */
static void consume(struct session *s, const struct iovec *iov, int count, size_t control_bytes, size_t put) {
  metric_add(s->all->net->count.bytes_out, put);
  int i = 0;
  if (control_bytes) {
    size_t ours = put < control_bytes ? put : control_bytes;
    buf_consume(&s->control, ours);
    if (s->control.len == 0) buf_deinit(&s->control);
    put -= ours;
    i = 1;
  }
  if (put == 0) return;
  if (!s->member) {
    s->close_sent = (uint8_t)(s->close_sent + put);
    return;
  }
  bool drained = put == member_output_pending(s->member);
  size_t left = put;
  for (; !drained && left && i < count; i++) {
    size_t n = iov[i].iov_len < left ? iov[i].iov_len : left;
    frame_cursor_feed(&s->cursor, iov[i].iov_base, n);
    left -= n;
  }
  if (drained) s->cursor = (struct frame_cursor){0};
  member_output_consume(s->member, put);
}

void session_write_out(struct session *s) {
  while (!s->dead) {
    struct iovec iov[IOV_MAX_HERE];
    int count = 0;
    size_t total = 0;
    size_t control_bytes = 0;
    if (s->control.len && frame_cursor_between(&s->cursor)) {
      control_bytes = s->control.len;
      iov[count++] = (struct iovec){s->control.data, s->control.len};
    }
    if (s->member) count += member_output_peek(s->member, iov + count, IOV_MAX_HERE - count);
    if (s->close_queued && s->close_sent < s->close_len)
      iov[count++] = (struct iovec){s->close_frame + s->close_sent, (size_t)(s->close_len - s->close_sent)};
    for (int i = 0; i < count; i++) total += iov[i].iov_len;
    if (total == 0) {
      set_blocked(s, false);
      return;
    }
    size_t put = 0;
    int err = s->transport.ops->writev(&s->transport, iov, count, &put);
    if (err == ERR_IO) {
      session_die(s);
      return;
    }
    if (!err) consume(s, iov, count, control_bytes, put);
    if (err || put < total) {
      set_blocked(s, true);
      return;
    }
  }
}

/* Move the rest of the frame that is half out into @rest; the room's other output stays where it is. */
static int move_frame_rest(struct session *s, struct buf *rest) {
  int err = 0;
  while (!err && !frame_cursor_between(&s->cursor)) {
    struct iovec iov[IOV_MAX_HERE];
    int count = member_output_peek(s->member, iov, IOV_MAX_HERE);
    if (count == 0) return ERR_IO;
    size_t moved = 0;
    for (int i = 0; i < count && !err && !frame_cursor_between(&s->cursor); i++) {
      size_t n = frame_cursor_finish(&s->cursor, iov[i].iov_base, iov[i].iov_len);
      err = rest->len > FRAME_REST_MAX ? ERR_TOO_LARGE : buf_append(rest, iov[i].iov_base, n);
      moved += n;
    }
    member_output_consume(s->member, moved);
  }
  return err;
}

int session_take_frame_rest(struct session *s) {
  struct buf rest = BUF_INIT;
  int err = move_frame_rest(s, &rest);
  if (!err) err = buf_append(&rest, s->control.data, s->control.len);
  if (err) {
    buf_deinit(&rest);
    return err;
  }
  buf_deinit(&s->control);
  s->control = rest;
  s->cursor = (struct frame_cursor){0};
  return 0;
}
