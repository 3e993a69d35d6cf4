/* SPDX-License-Identifier: MIT */
#ifndef YOKE_BASE_LOOP_H
#define YOKE_BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/*
 * The event loop (libevent behind it): file descriptors, timers, work posted
 * from other threads, and "at the end of this turn". Everything but
 * loop_post() is called on the loop's own thread.
 */
struct loop;
struct loop_watch; /* one file descriptor */
struct loop_timer; /* one-shot, re-armable */
struct loop_defer; /* runs once at the end of the current turn */
struct metrics;
struct event_base;

enum { LOOP_READ = 1, LOOP_WRITE = 2 };

typedef void (*loop_fn)(void *ctx);
typedef void (*loop_fd_fn)(void *ctx, unsigned ready); /* LOOP_READ | LOOP_WRITE */

/**
 * Ignores SIGPIPE and SIGXFSZ for the process. @metrics may be NULL; otherwise every turn
 * (from its first callback to its last deferred one) is counted in the
 * histogram yoke_loop_turn_seconds, and the longest since the last scrape in
 * yoke_loop_turn_max_microseconds. ERR_NOMEM, ERR_IO.
 */
MUST_USE int loop_create(struct metrics *metrics, struct loop **out);
/** After every watch, timer and defer is destroyed. Posted work that has not run is dropped. NULL accepted. */
void loop_destroy(struct loop *loop);

/** Run until loop_stop(). */
MUST_USE int loop_run(struct loop *loop);
/** Process what is ready, waiting at most @max_wait_ms; for tests. */
MUST_USE int loop_run_once(struct loop *loop, uint64_t max_wait_ms);
/** Ends loop_run() after the turn in progress, deferred callbacks included. */
void loop_stop(struct loop *loop);

/** Watch @fd (level-triggered); the fd stays the caller's. @want is LOOP_READ | LOOP_WRITE, or 0 for paused. */
MUST_USE int loop_watch_create(struct loop *loop, int fd, unsigned want, loop_fd_fn fn, void *ctx,
                               struct loop_watch **out);
MUST_USE int loop_watch_set(struct loop_watch *watch, unsigned want);
void loop_watch_destroy(struct loop_watch *watch); /* NULL accepted; fn never runs after */

/** Timers tick on a coarse clock: they may fire up to 5 ms early or late. */
MUST_USE int loop_timer_create(struct loop *loop, loop_fn fn, void *ctx, struct loop_timer **out);
void loop_timer_arm(struct loop_timer *timer, uint64_t after_ms); /* replaces an earlier arming */
void loop_timer_disarm(struct loop_timer *timer);
bool loop_timer_armed(const struct loop_timer *timer);
void loop_timer_destroy(struct loop_timer *timer);

/**
 * A callback for the end of a turn: all callbacks of ready fds first, then
 * every deferred one, in the order of scheduling. One that is scheduled by
 * another deferred callback still runs in the same turn; one that ran already
 * in this turn runs in the next, which then does not wait.
 */
MUST_USE int loop_defer_create(struct loop *loop, loop_fn fn, void *ctx, struct loop_defer **out);
void loop_defer_schedule(struct loop_defer *defer); /* any number of times a turn: runs once */
void loop_defer_destroy(struct loop_defer *defer);

/** From any thread: run fn(ctx) on the loop soon, in the order of posting. ERR_NOMEM leaves ctx the caller's. */
MUST_USE int loop_post(struct loop *loop, loop_fn fn, void *ctx);

/** Run fn(ctx) when SIGTERM/SIGINT/... arrives. Lives as long as the loop. */
MUST_USE int loop_on_signal(struct loop *loop, int signo, loop_fn fn, void *ctx);

/** For net/ alone (evhttp): the libevent base; borrowed until loop_destroy(). */
struct event_base *loop_peek_event_base(struct loop *loop);
/** For evhttp callbacks, which the loop does not see: the turn is measured from here on at the latest. */
void loop_turn_begin(struct loop *loop);

#endif
