/* SPDX-License-Identifier: MIT */
#include "base/loop.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"

struct loop_watch {
  struct loop *loop;
  struct event event;
  unsigned want; /* 0: paused, the event is not added */
  loop_fd_fn fn;
  void *ctx;
};

struct loop_timer {
  struct loop *loop;
  struct event event;
  loop_fn fn;
  void *ctx;
};

struct loop_defer {
  struct loop *loop;
  struct loop_defer *prev, *next; /* in the loop's list while scheduled */
  bool scheduled;
  uint64_t last_turn; /* the turn it last ran in */
  loop_fn fn;
  void *ctx;
};

struct post {
  struct post *next;
  loop_fn fn;
  void *ctx;
};

struct on_signal {
  struct on_signal *next;
  struct loop *loop;
  struct event event;
  loop_fn fn;
  void *ctx;
};

struct loop {
  struct event_base *base;
  struct event wait_end; /* ends the wait of loop_run_once() */
  struct event wake;     /* wake_fd is readable: something was posted */
  int wake_fd;
  pthread_mutex_t post_lock; /* post_first, post_last */
  struct post *post_first, *post_last;
  struct loop_defer *defer_first, *defer_last;
  struct on_signal *signals;
  bool stopping;
  uint64_t turn;          /* counts from 1 */
  uint64_t turn_began_us; /* 0: no callback has run in this turn yet */
  struct metric_gauge *turn_max;
  struct metric_histogram *turn_seconds;
};

void loop_turn_begin(struct loop *loop) {
  if (loop->turn_began_us == 0) loop->turn_began_us = clock_mono_us();
}

/* Posting from other threads. */

static struct post *take_posts(struct loop *loop) {
  pthread_mutex_lock(&loop->post_lock);
  struct post *first = loop->post_first;
  loop->post_first = loop->post_last = NULL;
  pthread_mutex_unlock(&loop->post_lock);
  return first;
}

static void on_wake_readable(evutil_socket_t fd, short what, void *ctx) {
  (void)what;
  struct loop *loop = ctx;
  loop_turn_begin(loop);
  uint64_t count;
  if (read(fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
    log_error(LOG_NONE, "read of the wake-up eventfd failed: %s", strerror(errno));
  struct post *post = take_posts(loop);
  while (post) {
    struct post *next = post->next;
    post->fn(post->ctx);
    free(post);
    post = next;
  }
}

int loop_post(struct loop *loop, loop_fn fn, void *ctx) {
  struct post *post = malloc(sizeof(*post));
  if (!post) return ERR_NOMEM;
  *post = (struct post){.fn = fn, .ctx = ctx};
  pthread_mutex_lock(&loop->post_lock);
  bool was_empty = loop->post_first == NULL;
  if (was_empty) {
    loop->post_first = post;
  } else {
    loop->post_last->next = post;
  }
  loop->post_last = post;
  /* Under the lock: once it is given up, the loop may take the post, run it and
   * be destroyed. Adding 1 to an eventfd that is drained each time cannot fail. */
  if (was_empty) {
    uint64_t one = 1;
    if (write(loop->wake_fd, &one, sizeof(one)) < 0)
      log_error(LOG_NONE, "write to the wake-up eventfd failed: %s", strerror(errno));
  }
  pthread_mutex_unlock(&loop->post_lock);
  return 0;
}

/* Life of the loop. */

static void on_wait_end(evutil_socket_t fd, short what, void *ctx) {
  (void)fd, (void)what, (void)ctx;
}

static struct event_base *base_create(void) {
  struct event_config *config = event_config_new();
  if (!config) return NULL;
  struct event_base *base = NULL;
  if (event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK) == 0) base = event_base_new_with_config(config);
  event_config_free(config);
  return base;
}

int loop_create(struct metrics *metrics, struct loop **out) {
  struct loop *loop = calloc(1, sizeof(*loop));
  if (!loop) return ERR_NOMEM;
  int err = ERR_NOMEM;
  pthread_mutex_init(&loop->post_lock, NULL);
  loop->wake_fd = -1;
  loop->base = base_create();
  if (!loop->base) goto fail;
  err = ERR_IO;
  loop->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (loop->wake_fd < 0) {
    log_error(LOG_NONE, "eventfd failed: %s", strerror(errno));
    goto fail;
  }
  if (signal(SIGPIPE, SIG_IGN) == SIG_ERR) goto fail;
  if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR) goto fail; /* a write past a file's limit is an error, not the end */
  event_assign(&loop->wake, loop->base, loop->wake_fd, EV_READ | EV_PERSIST, on_wake_readable, loop);
  evtimer_assign(&loop->wait_end, loop->base, on_wait_end, NULL);
  if (event_add(&loop->wake, NULL) < 0) goto fail;
  loop->turn_max = metrics_peak(metrics, "yoke_loop_turn_max_microseconds", NULL,
                                "Longest turn of the event loop since the last scrape.");
  loop->turn_seconds = metrics_histogram(metrics, "yoke_loop_turn_seconds", NULL, "Turns of the event loop.");
  *out = loop;
  return 0;
fail:
  if (loop->wake_fd >= 0) close(loop->wake_fd);
  if (loop->base) event_base_free(loop->base);
  pthread_mutex_destroy(&loop->post_lock);
  free(loop);
  return err;
}

void loop_destroy(struct loop *loop) {
  if (!loop) return;
  while (loop->signals) {
    struct on_signal *s = loop->signals;
    loop->signals = s->next;
    event_del(&s->event);
    free(s);
  }
  event_del(&loop->wake);
  event_del(&loop->wait_end);
  for (struct post *post = take_posts(loop); post;) {
    struct post *next = post->next;
    free(post);
    post = next;
  }
  close(loop->wake_fd);
  event_base_free(loop->base);
  pthread_mutex_destroy(&loop->post_lock);
  free(loop);
}

/* Turns. */

static void defer_unlink(struct loop_defer *d) {
  struct loop *loop = d->loop;
  *(d->prev ? &d->prev->next : &loop->defer_first) = d->next;
  *(d->next ? &d->next->prev : &loop->defer_last) = d->prev;
  d->prev = d->next = NULL;
  d->scheduled = false;
}

/* The next deferred callback that has not run in this turn; those that have stay for the next. */
static struct loop_defer *next_defer(struct loop *loop) {
  struct loop_defer *d = loop->defer_first;
  while (d && d->last_turn == loop->turn) d = d->next;
  return d;
}

static void run_deferred(struct loop *loop) {
  struct loop_defer *d;
  while ((d = next_defer(loop)) != NULL) {
    loop_turn_begin(loop);
    defer_unlink(d);
    d->last_turn = loop->turn;
    d->fn(d->ctx);
  }
}

static void turn_end(struct loop *loop) {
  if (loop->turn_began_us == 0) return;
  uint64_t took = clock_mono_us() - loop->turn_began_us;
  metric_max(loop->turn_max, (int64_t)took);
  metric_observe_us(loop->turn_seconds, took);
}

static int run_turn(struct loop *loop, bool wait) {
  loop->turn++;
  loop->turn_began_us = 0;
  int flags = EVLOOP_ONCE;
  if (!wait || loop->defer_first) flags |= EVLOOP_NONBLOCK;
  if (event_base_loop(loop->base, flags) < 0) {
    log_error(LOG_NONE, "the event loop failed: %s", strerror(errno));
    return ERR_IO;
  }
  run_deferred(loop);
  turn_end(loop);
  return 0;
}

int loop_run(struct loop *loop) {
  int err = 0;
  while (!loop->stopping && !err) err = run_turn(loop, true);
  loop->stopping = false;
  return err;
}

static struct timeval timeval_of_ms(uint64_t ms) {
  return (struct timeval){.tv_sec = (time_t)(ms / 1000), .tv_usec = (suseconds_t)(ms % 1000 * 1000)};
}

int loop_run_once(struct loop *loop, uint64_t max_wait_ms) {
  if (max_wait_ms == 0) return run_turn(loop, false);
  struct timeval wait = timeval_of_ms(max_wait_ms);
  if (evtimer_add(&loop->wait_end, &wait) < 0) return ERR_NOMEM;
  int err = run_turn(loop, true);
  event_del(&loop->wait_end);
  return err;
}

void loop_stop(struct loop *loop) {
  loop->stopping = true;
}

/* Watches. */

static void on_fd_ready(evutil_socket_t fd, short what, void *ctx) {
  (void)fd;
  struct loop_watch *watch = ctx;
  loop_turn_begin(watch->loop);
  unsigned ready = 0;
  if (what & EV_READ) ready |= LOOP_READ;
  if (what & EV_WRITE) ready |= LOOP_WRITE;
  watch->fn(watch->ctx, ready);
}

static short events_of(unsigned want) {
  int events = EV_PERSIST;
  if (want & LOOP_READ) events |= EV_READ;
  if (want & LOOP_WRITE) events |= EV_WRITE;
  return (short)events;
}

int loop_watch_create(struct loop *loop, int fd, unsigned want, loop_fd_fn fn, void *ctx, struct loop_watch **out) {
  struct loop_watch *watch = malloc(sizeof(*watch));
  if (!watch) return ERR_NOMEM;
  *watch = (struct loop_watch){.loop = loop, .fn = fn, .ctx = ctx};
  event_assign(&watch->event, loop->base, fd, events_of(0), on_fd_ready, watch);
  int err = loop_watch_set(watch, want);
  if (err) {
    free(watch);
    return err;
  }
  *out = watch;
  return 0;
}

int loop_watch_set(struct loop_watch *watch, unsigned want) {
  if (want == watch->want) return 0;
  event_del(&watch->event);
  watch->want = 0;
  if (want == 0) return 0;
  event_assign(&watch->event, watch->loop->base, event_get_fd(&watch->event), events_of(want), on_fd_ready, watch);
  if (event_add(&watch->event, NULL) < 0) {
    log_error(LOG_NONE, "watching a file descriptor failed: %s", strerror(errno));
    return ERR_IO;
  }
  watch->want = want;
  return 0;
}

void loop_watch_destroy(struct loop_watch *watch) {
  if (!watch) return;
  event_del(&watch->event);
  free(watch);
}

/* Timers. */

static void on_timer_due(evutil_socket_t fd, short what, void *ctx) {
  (void)fd, (void)what;
  struct loop_timer *timer = ctx;
  loop_turn_begin(timer->loop);
  timer->fn(timer->ctx);
}

int loop_timer_create(struct loop *loop, loop_fn fn, void *ctx, struct loop_timer **out) {
  struct loop_timer *timer = malloc(sizeof(*timer));
  if (!timer) return ERR_NOMEM;
  *timer = (struct loop_timer){.loop = loop, .fn = fn, .ctx = ctx};
  evtimer_assign(&timer->event, loop->base, on_timer_due, timer);
  *out = timer;
  return 0;
}

void loop_timer_arm(struct loop_timer *timer, uint64_t after_ms) {
  struct timeval after = timeval_of_ms(after_ms);
  if (evtimer_add(&timer->event, &after) < 0) log_error(LOG_NONE, "arming a timer failed: out of memory");
}

void loop_timer_disarm(struct loop_timer *timer) {
  event_del(&timer->event);
}

bool loop_timer_armed(const struct loop_timer *timer) {
  return evtimer_pending(&timer->event, NULL);
}

void loop_timer_destroy(struct loop_timer *timer) {
  if (!timer) return;
  event_del(&timer->event);
  free(timer);
}

/* The end of a turn. */

int loop_defer_create(struct loop *loop, loop_fn fn, void *ctx, struct loop_defer **out) {
  struct loop_defer *d = malloc(sizeof(*d));
  if (!d) return ERR_NOMEM;
  *d = (struct loop_defer){.loop = loop, .fn = fn, .ctx = ctx};
  *out = d;
  return 0;
}

void loop_defer_schedule(struct loop_defer *defer) {
  if (defer->scheduled) return;
  struct loop *loop = defer->loop;
  defer->scheduled = true;
  defer->prev = loop->defer_last;
  defer->next = NULL;
  *(loop->defer_last ? &loop->defer_last->next : &loop->defer_first) = defer;
  loop->defer_last = defer;
}

void loop_defer_destroy(struct loop_defer *defer) {
  if (!defer) return;
  if (defer->scheduled) defer_unlink(defer);
  free(defer);
}

/* Signals. */

static void on_signal_arrived(evutil_socket_t signo, short what, void *ctx) {
  (void)signo, (void)what;
  struct on_signal *s = ctx;
  loop_turn_begin(s->loop);
  s->fn(s->ctx);
}

int loop_on_signal(struct loop *loop, int signo, loop_fn fn, void *ctx) {
  struct on_signal *s = malloc(sizeof(*s));
  if (!s) return ERR_NOMEM;
  *s = (struct on_signal){.loop = loop, .fn = fn, .ctx = ctx};
  evsignal_assign(&s->event, loop->base, signo, on_signal_arrived, s);
  if (evsignal_add(&s->event, NULL) < 0) {
    free(s);
    return ERR_IO;
  }
  s->next = loop->signals;
  loop->signals = s;
  return 0;
}

struct event_base *loop_peek_event_base(struct loop *loop) {
  return loop->base;
}
