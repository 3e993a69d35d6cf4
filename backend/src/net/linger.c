/* SPDX-License-Identifier: MIT */
#include "net/linger.h"

#include <errno.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINGER_MS 2000
#define LINGER_MAX_BYTES (64u << 20)
#define LINGER_MAX_SOCKETS 256

struct waiting {
  struct linger_set *owner;
  struct waiting *prev, *next;
  struct loop_watch *watch;
  struct loop_timer *timer;
  size_t discarded;
  int fd;
};

struct linger_set {
  struct loop *loop;
  struct waiting *first;
  size_t count;
};

static void waiting_free(struct waiting *w) {
  loop_watch_destroy(w->watch);
  loop_timer_destroy(w->timer);
  close(w->fd);
  free(w);
}

static void drop(struct waiting *w) {
  *(w->prev ? &w->prev->next : &w->owner->first) = w->next;
  if (w->next) w->next->prev = w->prev;
  w->owner->count--;
  waiting_free(w);
}

static void on_due(void *ctx) {
  drop(ctx);
}

static void on_readable(void *ctx, unsigned ready) {
  (void)ready;
  struct waiting *w = ctx;
  char sink[16384];
  ssize_t n = recv(w->fd, sink, sizeof(sink), 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n > 0) w->discarded += (size_t)n;
  if (n <= 0 || w->discarded > LINGER_MAX_BYTES) drop(w);
}

void linger_take(struct linger_set *l, int fd) {
  shutdown(fd, SHUT_WR);
  struct waiting *w = l->count < LINGER_MAX_SOCKETS ? calloc(1, sizeof(*w)) : NULL;
  if (!w) {
    close(fd);
    return;
  }
  *w = (struct waiting){.owner = l, .fd = fd};
  if (loop_watch_create(l->loop, fd, LOOP_READ, on_readable, w, &w->watch) != 0 ||
      loop_timer_create(l->loop, on_due, w, &w->timer) != 0) {
    waiting_free(w);
    return;
  }
  loop_timer_arm(w->timer, LINGER_MS);
  w->next = l->first;
  if (w->next) w->next->prev = w;
  l->first = w;
  l->count++;
}

void linger_end(struct linger_set *l, struct evhttp_connection *evcon) {
  int copy = dup(bufferevent_getfd(evhttp_connection_get_bufferevent(evcon)));
  evhttp_connection_free(evcon);
  if (copy >= 0) linger_take(l, copy);
}

int linger_create(struct loop *loop, struct linger_set **out) {
  struct linger_set *l = calloc(1, sizeof(*l));
  if (!l) return ERR_NOMEM;
  l->loop = loop;
  *out = l;
  return 0;
}

void linger_destroy(struct linger_set *l) {
  if (!l) return;
  while (l->first) drop(l->first);
  free(l);
}
