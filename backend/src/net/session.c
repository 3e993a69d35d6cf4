/* SPDX-License-Identifier: MIT */
#include "net/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "net/frame_cursor.h"
#include "net/http.h"
#include "room/room.h"
#include "wire/ws_frame.h"

#define READ_BYTES 65536
#define READ_BYTES_LEAST 512
#define READ_SLOW_US 2000 /* a read that takes longer to work on is followed by a smaller one */
#define IOV_MAX_HERE 64
#define CLOSE_TIMEOUT_MS 5000
#define CONTROL_BACKLOG_MAX 65536 /* pongs that the peer does not read */
#define FRAME_REST_MAX (1u << 20) /* of a half-written frame that is finished before 1013 */

struct session {
  struct sessions *all;
  struct session *prev, *next;           /* all->heard: longest silent first */
  struct session *work_prev, *work_next; /* all->work while in_work */
  struct transport transport;            /* ops NULL until started */
  struct loop_watch *watch;
  struct member *member; /* NULL once the room was left */
  struct ws_decoder decoder;
  struct buf control;         /* our own frames, to go out between two of the room's */
  struct frame_cursor cursor; /* of the room's output as written */
  uint64_t id;
  uint64_t heard_ms, pinged_ms;
  uint32_t read_bytes; /* at most so many a turn: less while they are costly to work on */
  uint64_t closing_ms; /* when closing began */
  uint16_t close_code;
  uint8_t close_frame[WS_CLOSE_FRAME_MAX_BYTES]; /* here and not in control: to say why must not need memory */
  uint8_t close_len, close_sent;                 /* of it */
  char room_id[STORE_ROOM_ID_MAX + 1];
  bool listed, in_work;
  bool blocked;      /* the socket takes no more: LOOP_WRITE is watched */
  bool closing;      /* nothing of the peer's messages counts any more */
  bool close_queued; /* the close frame goes out behind control; the room was left */
  bool peer_closed;  /* its close frame came */
  bool finished;     /* our side of the connection is shut: only reading until the peer ends it too */
  bool dead;         /* the socket is of no use: free at the end of the turn */
};

struct sessions {
  struct net_ctx *net;
  struct session *first, *last; /* by heard_ms */
  struct session *work;         /* to be stepped at the end of the turn */
  struct loop_defer *defer;
  uint8_t input[READ_BYTES]; /* shared: idle connections keep no read buffer */
};

static struct log_about about(const struct session *s) {
  return LOG_CONN(s->room_id, s->id);
}

/* Lists. */

static void list_remove(struct session *s) {
  struct sessions *all = s->all;
  *(s->prev ? &s->prev->next : &all->first) = s->next;
  *(s->next ? &s->next->prev : &all->last) = s->prev;
  s->prev = s->next = NULL;
}

static void list_append(struct session *s) {
  struct sessions *all = s->all;
  s->prev = all->last;
  *(all->last ? &all->last->next : &all->first) = s;
  all->last = s;
}

static void heard(struct session *s, uint64_t now_ms) {
  s->heard_ms = now_ms;
  if (s->all->last == s) return;
  list_remove(s);
  list_append(s);
}

static void want_step(struct session *s) {
  if (s->in_work) return;
  s->in_work = true;
  s->work_prev = NULL;
  s->work_next = s->all->work;
  if (s->work_next) s->work_next->work_prev = s;
  s->all->work = s;
  loop_defer_schedule(s->all->defer);
}

static void unwant_step(struct session *s) {
  if (!s->in_work) return;
  *(s->work_prev ? &s->work_prev->work_next : &s->all->work) = s->work_next;
  if (s->work_next) s->work_next->work_prev = s->work_prev;
  s->in_work = false;
}

static void die(struct session *s) {
  s->dead = true;
  want_step(s);
}

static void begin_close(struct session *s, uint16_t code, const char *reason) {
  if (s->closing) return;
  s->closing = true;
  s->closing_ms = clock_mono_ms();
  s->close_code = code;
  s->close_len = (uint8_t)ws_frame_close(s->close_frame, code, reason);
  log_debug(about(s), "closing with %u: %s", code, reason);
  want_step(s);
}

static void leave(struct session *s) {
  if (s->member) room_leave(s->member, clock_mono_ms());
  s->member = NULL;
}

static void session_free(struct session *s) {
  struct net_ctx *net = s->all->net;
  leave(s);
  unwant_step(s);
  if (s->listed) {
    list_remove(s);
    metric_move(net->count.sessions, -1);
  }
  loop_watch_destroy(s->watch);
  ws_decoder_deinit(&s->decoder);
  buf_deinit(&s->control);
  if (s->transport.ops) {
    s->transport.ops->close(&s->transport);
    http_socket_closed(net);
  }
  free(s);
}

/* Writing. */

static void set_blocked(struct session *s, bool blocked) {
  if (s->blocked == blocked || !s->watch) return;
  s->blocked = blocked;
  if (loop_watch_set(s->watch, LOOP_READ | (blocked ? LOOP_WRITE : 0u)) != 0) die(s);
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

/* Write what there is until all is out or the socket takes no more. Runs inside the room's hooks: must not leave the
 * room. */
static void write_out(struct session *s) {
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
      die(s);
      return;
    }
    if (!err) consume(s, iov, count, control_bytes, put);
    if (err || put < total) {
      set_blocked(s, true);
      return;
    }
  }
}

/* Move the rest of the frame that is half out into @rest; the room's other output is dropped. */
static int take_frame_rest(struct session *s, struct buf *rest) {
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

/* The peer reads too slowly: finish the frame that is half out, drop the rest, and say 1013. */
static void check_backlog(struct session *s) {
  if (!s->member || member_output_backlog(s->member) <= s->all->net->config->limits.outbox_max_bytes) return;
  log_info(about(s), "closed: %zu bytes wait and the client does not read them", member_output_pending(s->member));
  struct buf rest = BUF_INIT;
  int err = take_frame_rest(s, &rest);
  if (!err) err = buf_append(&rest, s->control.data, s->control.len);
  if (err) {
    buf_deinit(&rest);
    die(s);
    return;
  }
  buf_deinit(&s->control);
  s->control = rest;
  s->cursor = (struct frame_cursor){0};
  begin_close(s, WS_CLOSE_TRY_LATER, "The connection is too slow for what happens in this room");
  leave(s);
  want_step(s);
}

/* The end of a turn: everything that may leave the room or free the session. */
static void step(struct session *s) {
  if (!s->dead && s->transport.ops) write_out(s);
  if (!s->dead && s->closing && !s->close_queued && (!s->member || member_output_pending(s->member) == 0)) {
    leave(s);
    s->close_queued = true;
    write_out(s);
  }
  if (s->close_queued && s->close_sent == s->close_len && !s->dead) {
    if (s->peer_closed) {
      s->dead = true;
    } else if (s->close_code >= 1002 && !s->finished) { /* the peer did wrong: it need not agree */
      s->finished = true;
      s->transport.ops->finish(&s->transport);
    }
  }
  if (s->dead) session_free(s);
}

static void on_end_of_turn(void *ctx) {
  struct sessions *all = ctx;
  while (all->work) {
    struct session *s = all->work;
    unwant_step(s);
    step(s);
  }
}

/* The room's hooks. */

static void on_member_output(void *ctx) {
  struct session *s = ctx;
  if (s->transport.ops) write_out(s);
  if (s->closing) want_step(s);
}

static void on_member_close(void *ctx, uint16_t code, const char *reason) {
  begin_close(ctx, code, reason ? reason : "");
}

static const struct member_hooks hooks = {on_member_output, on_member_close};

/* Reading. */

static void on_peer_close(struct session *s, const struct ws_event *ev) {
  s->peer_closed = true;
  if (!s->closing) {
    log_debug(about(s), "the client closes with %u", ev->code);
    begin_close(s, ev->code, "");
    leave(s);
    if (!frame_cursor_between(&s->cursor)) s->dead = true; /* no close frame fits into the middle of another */
  }
  want_step(s);
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
      begin_close(s, WS_CLOSE_INTERNAL, "The server ran out of memory");
    want_step(s);
    break;
  case WS_EVENT_CLOSE: on_peer_close(s, ev); break;
  case WS_EVENT_ERROR:
    log_info(about(s), "protocol violation, closing with %u: %s", ev->code, ev->reason);
    begin_close(s, ev->code, ev->reason);
    break;
  case WS_EVENT_PONG:
    if (!s->closing) member_on_pong(s->member, ev->data, ev->len);
    break;
  case WS_EVENT_NONE: break;
  }
}

static void take_bytes(struct session *s, uint8_t *in, size_t len, uint64_t now_ms) {
  metric_add(s->all->net->count.bytes_in, len);
  heard(s, now_ms);
  while (len && !s->dead) {
    struct ws_event ev = {0};
    size_t used = 0;
    if (ws_decoder_feed(&s->decoder, in, len, &used, &ev) != 0) {
      begin_close(s, WS_CLOSE_INTERNAL, "The server ran out of memory");
      return;
    }
    on_event(s, &ev, now_ms);
    if (ev.kind == WS_EVENT_ERROR || ev.kind == WS_EVENT_CLOSE || used == 0) return;
    in += used;
    len -= used;
  }
  ws_decoder_trim(&s->decoder); /* a large message came in parts: its buffer goes, not only at the next one */
}

static void on_ready(void *ctx, unsigned ready) {
  struct session *s = ctx;
  if (s->dead) return;
  if (ready & LOOP_WRITE) {
    write_out(s);
    if (s->closing) want_step(s);
  }
  if (!(ready & LOOP_READ) || s->dead) return;
  size_t got = 0;
  int err = s->transport.ops->recv(&s->transport, s->all->input, s->read_bytes, &got);
  if (err == ERR_AGAIN) return;
  if (err || got == 0) {
    log_debug(about(s), err ? "the connection broke" : "the client is gone");
    die(s);
    return;
  }
  if (s->peer_closed || s->decoder.failed) return; /* nothing counts any more; waiting for end of input */
  uint64_t start = clock_mono_us();
  take_bytes(s, s->all->input, got, start / 1000);
  if (clock_mono_us() - start <= READ_SLOW_US)
    s->read_bytes = s->read_bytes < READ_BYTES / 2 ? s->read_bytes * 2 : READ_BYTES;
  else if (s->read_bytes / 4 >= READ_BYTES_LEAST)
    s->read_bytes /= 4;
}

/* Time. */

static void tick_one(struct session *s, uint64_t now_ms) {
  const struct limits *limits = &s->all->net->config->limits;
  if (s->closing && now_ms - s->closing_ms >= CLOSE_TIMEOUT_MS) {
    die(s);
    return;
  }
  if (s->blocked) check_backlog(s);
  uint64_t silent = now_ms - s->heard_ms;
  if (silent >= limits->ping_timeout_ms) {
    log_info(about(s), "closed: nothing heard for %llu ms", (unsigned long long)silent);
    die(s);
  } else if (silent >= limits->ping_interval_ms && now_ms - s->pinged_ms >= limits->ping_interval_ms && !s->closing) {
    s->pinged_ms = now_ms;
    if (s->control.len == 0 && ws_frame_append(&s->control, WS_PING, NULL, 0) != 0)
      log_debug(about(s), "out of memory: no ping this time");
    want_step(s);
  }
}

void sessions_tick(struct sessions *all, uint64_t now_ms) {
  for (struct session *s = all->first, *next; s; s = next) {
    next = s->next;
    tick_one(s, now_ms);
  }
}

/* Life. */

int session_join(struct sessions *all, struct room *room, const struct session_options *options, uint64_t now_ms,
                 struct session **out) {
  struct session *s = calloc(1, sizeof(*s));
  if (!s) return ERR_NOMEM;
  s->all = all;
  s->id = options->conn_id;
  s->heard_ms = now_ms;
  s->read_bytes = READ_BYTES;
  struct room_info info;
  room_info(room, &info);
  size_t len = strnlen(info.id, STORE_ROOM_ID_MAX);
  memcpy(s->room_id, info.id, len);
  ws_decoder_init(&s->decoder, all->net->config->limits.message_max_bytes);
  struct member_options member = {
      .kind = options->kind, .conn_id = options->conn_id, .name = options->name, .hooks = &hooks, .ctx = s};
  int err = room_join(room, &member, now_ms, &s->member);
  if (err) {
    session_free(s); /* the room may have closed it before it failed */
    return err;
  }
  *out = s;
  return 0;
}

void session_abandon(struct session *s, uint64_t now_ms) {
  (void)now_ms;
  session_free(s);
}

int session_prepend(struct session *s, const void *data, size_t len) {
  return buf_append(&s->control, data, len);
}

int session_watch(struct session *s, int fd) {
  return loop_watch_create(s->all->net->loop, fd, 0, on_ready, s, &s->watch);
}

void session_start(struct session *s, const struct transport *transport, uint8_t *early, size_t early_len,
                   uint64_t now_ms) {
  struct sessions *all = s->all;
  s->transport = *transport;
  s->listed = true;
  s->heard_ms = now_ms;
  list_append(s);
  metric_move(all->net->count.sessions, 1);
  if (loop_watch_set(s->watch, LOOP_READ) != 0) s->dead = true;
  if (early_len && !s->dead) take_bytes(s, early, early_len, now_ms);
  want_step(s);
}

int sessions_create(struct net_ctx *net, struct sessions **out) {
  struct sessions *all = calloc(1, sizeof(*all));
  if (!all) return ERR_NOMEM;
  all->net = net;
  int err = loop_defer_create(net->loop, on_end_of_turn, all, &all->defer);
  if (err) {
    free(all);
    return err;
  }
  *out = all;
  return 0;
}

void sessions_destroy(struct sessions *all) {
  if (!all) return;
  while (all->first) session_free(all->first);
  loop_defer_destroy(all->defer);
  free(all);
}
