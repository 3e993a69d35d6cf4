/* SPDX-License-Identifier: MIT */
#include "net/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "net/conn.h"
#include "net/session_state.h"
#include "room/room.h"
#include "wire/ws_frame.h"

#define CLOSE_TIMEOUT_MS 5000

/* Lists: who was silent the longest, who is looked at when the turn ends. */

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

void session_heard(struct session *s, uint64_t now_ms) {
  s->heard_ms = now_ms;
  if (s->all->last == s) return;
  list_remove(s);
  list_append(s);
}

void session_want_step(struct session *s) {
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

static void session_free(struct session *s) {
  struct net_ctx *net = s->all->net;
  session_leave(s);
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
    conn_socket_closed(net);
  }
  free(s);
}

/* The end of a turn: everything that may leave the room or free the session. */

static void step(struct session *s) {
  if (!s->dead && s->transport.ops) session_write_out(s);
  session_go_on_closing(s);
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

/* Time. */

static void tick_one(struct session *s, uint64_t now_ms) {
  const struct limits *limits = &s->all->net->config->limits;
  if (s->closing && now_ms - s->closing_ms >= CLOSE_TIMEOUT_MS) {
    session_die(s);
    return;
  }
  if (s->blocked) session_check_backlog(s);
  uint64_t silent = now_ms - s->heard_ms;
  if (silent >= limits->ping_timeout_ms) {
    log_info(session_about(s), "closed: nothing heard for %llu ms", (unsigned long long)silent);
    session_die(s);
  } else if (silent >= limits->ping_interval_ms && now_ms - s->pinged_ms >= limits->ping_interval_ms && !s->closing) {
    s->pinged_ms = now_ms;
    if (s->control.len == 0 && ws_frame_append(&s->control, WS_PING, NULL, 0) != 0)
      log_debug(session_about(s), "out of memory: no ping this time");
    session_want_step(s);
  }
}

void sessions_tick(struct sessions *all, uint64_t now_ms) {
  for (struct session *s = all->first, *next; s; s = next) {
    next = s->next;
    tick_one(s, now_ms);
  }
}

/* The room's hooks. */

static void on_member_output(void *ctx) {
  struct session *s = ctx;
  if (s->transport.ops) session_write_out(s);
  if (s->closing) session_want_step(s);
}

static void on_member_close(void *ctx, uint16_t code, const char *reason) {
  session_close(ctx, code, reason ? reason : "");
}

static const struct member_hooks hooks = {on_member_output, on_member_close};

/* Life. */

int session_join(struct sessions *all, struct room *room, const struct session_options *options, uint64_t now_ms,
                 struct session **out) {
  struct session *s = calloc(1, sizeof(*s));
  if (!s) return ERR_NOMEM;
  s->all = all;
  s->id = options->conn_id;
  s->heard_ms = now_ms;
  s->read_bytes = SESSION_READ_BYTES;
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
  return loop_watch_create(s->all->net->loop, fd, 0, session_on_ready, s, &s->watch);
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
  if (early_len && !s->dead) session_take_bytes(s, early, early_len, now_ms);
  session_want_step(s);
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
