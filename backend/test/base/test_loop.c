/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/loop.h"
#include "base/metrics.h"
#include "base/support.h"

/* What happened, in order, as letters. */
struct trace {
  struct loop *loop;
  struct buf text;
  struct loop_defer *defer, *other;
  struct loop_watch *watch;
  struct loop_timer *timer;
  int fds[2];
  int rounds;
};

static struct trace begin(void) {
  struct trace t = {0};
  assert_int_equal(loop_create(NULL, &t.loop), 0);
  assert_int_equal(pipe(t.fds), 0);
  return t;
}

static void end(struct trace *t) {
  loop_watch_destroy(t->watch);
  loop_timer_destroy(t->timer);
  loop_defer_destroy(t->defer);
  loop_defer_destroy(t->other);
  loop_destroy(t->loop);
  close(t->fds[0]);
  close(t->fds[1]);
  buf_deinit(&t->text);
}

static void note(struct trace *t, char letter) {
  assert_int_equal(buf_append_byte(&t->text, (uint8_t)letter), 0);
}

static void on_end(void *ctx) {
  note(ctx, 'e');
}

static void on_readable(void *ctx, unsigned ready) {
  struct trace *t = ctx;
  char c;
  note(t, ready == LOOP_READ ? 'r' : '?');
  assert_int_equal(read(t->fds[0], &c, 1), 1);
  loop_defer_schedule(t->defer);
  loop_defer_schedule(t->defer);
}

static void on_posted(void *ctx) {
  struct trace *t = ctx;
  note(t, 'p');
  loop_defer_schedule(t->defer);
}

static void deferred_callbacks_run_once_after_all_others_of_the_turn(void **state) {
  (void)state;
  struct trace t = begin();
  assert_int_equal(loop_defer_create(t.loop, on_end, &t, &t.defer), 0);
  assert_int_equal(loop_watch_create(t.loop, t.fds[0], LOOP_READ, on_readable, &t, &t.watch), 0);
  assert_int_equal(write(t.fds[1], "x", 1), 1);
  assert_int_equal(loop_post(t.loop, on_posted, &t), 0);
  assert_int_equal(loop_post(t.loop, on_posted, &t), 0);
  assert_int_equal(loop_run_once(t.loop, 1000), 0);
  assert_int_equal(buf_append_byte(&t.text, 0), 0);
  assert_true(strcmp((char *)t.text.data, "rppe") == 0 || strcmp((char *)t.text.data, "ppre") == 0);
  end(&t);
}

static void schedule_other(void *ctx) {
  struct trace *t = ctx;
  note(t, 'a');
  loop_defer_schedule(t->other);
  loop_defer_schedule(t->defer); /* itself: next turn */
}

static void note_b(void *ctx) {
  note(ctx, 'b');
}

static void a_deferred_callback_may_schedule_others_now_and_itself_for_the_next_turn(void **state) {
  (void)state;
  struct trace t = begin();
  assert_int_equal(loop_defer_create(t.loop, schedule_other, &t, &t.defer), 0);
  assert_int_equal(loop_defer_create(t.loop, note_b, &t, &t.other), 0);
  loop_defer_schedule(t.defer);
  for (int i = 0; i < 3; i++) assert_int_equal(loop_run_once(t.loop, 5000), 0); /* waits for nothing */
  assert_buf_is(&t.text, "ababab");
  end(&t);
}

static void destroy_all(void *ctx) {
  struct trace *t = ctx;
  loop_watch_destroy(t->watch);
  loop_defer_destroy(t->defer);
  loop_timer_destroy(t->timer);
  t->watch = NULL;
  t->defer = NULL;
  t->timer = NULL;
  note(t, 'd');
}

static void what_is_destroyed_while_due_never_runs(void **state) {
  (void)state;
  struct trace t = begin();
  assert_int_equal(loop_defer_create(t.loop, on_end, &t, &t.defer), 0);
  assert_int_equal(loop_post(t.loop, destroy_all, &t), 0); /* its fd was there first, so it is ready first */
  assert_int_equal(loop_timer_create(t.loop, on_end, &t, &t.timer), 0);
  assert_int_equal(loop_watch_create(t.loop, t.fds[1], LOOP_READ, on_readable, &t, &t.watch), 0);
  loop_defer_schedule(t.defer);
  loop_timer_arm(t.timer, 50);
  assert_int_equal(loop_run_once(t.loop, 100), 0);
  assert_int_equal(loop_run_once(t.loop, 80), 0);
  assert_buf_is(&t.text, "d");
  end(&t);
}

static void on_writable_or_not(void *ctx, unsigned ready) {
  note(ctx, ready & LOOP_WRITE ? 'w' : 'r');
}

static void a_watch_can_be_paused_and_changed(void **state) {
  (void)state;
  struct trace t = begin();
  assert_int_equal(loop_watch_create(t.loop, t.fds[1], 0, on_writable_or_not, &t, &t.watch), 0);
  assert_int_equal(loop_run_once(t.loop, 10), 0);
  assert_int_equal(loop_watch_set(t.watch, LOOP_WRITE), 0);
  assert_int_equal(loop_run_once(t.loop, 1000), 0);
  assert_int_equal(loop_run_once(t.loop, 1000), 0); /* level-triggered */
  assert_int_equal(loop_watch_set(t.watch, 0), 0);
  assert_int_equal(loop_run_once(t.loop, 10), 0);
  assert_buf_is(&t.text, "ww");
  end(&t);
}

static void on_timer(void *ctx) {
  struct trace *t = ctx;
  note(t, 't');
  assert_false(loop_timer_armed(t->timer));
  if (++t->rounds == 3) {
    loop_stop(t->loop);
  } else {
    loop_timer_arm(t->timer, 10);
  }
}

static void a_timer_fires_once_an_arming_and_stop_ends_the_run(void **state) {
  (void)state;
  struct trace t = begin();
  assert_int_equal(loop_timer_create(t.loop, on_timer, &t, &t.timer), 0);
  uint64_t began = clock_mono_ms();
  loop_timer_arm(t.timer, 10000);
  loop_timer_arm(t.timer, 10); /* replaces */
  assert_true(loop_timer_armed(t.timer));
  assert_int_equal(loop_run(t.loop), 0);
  uint64_t took = clock_mono_ms() - began;
  assert_buf_is(&t.text, "ttt");
  assert_in_range(took, 15, 5000);
  loop_timer_arm(t.timer, 5);
  loop_timer_disarm(t.timer);
  assert_false(loop_timer_armed(t.timer));
  assert_int_equal(loop_run_once(t.loop, 20), 0);
  assert_buf_is(&t.text, "ttt");
  end(&t);
}

enum { POSTS = 5000 };
struct posts {
  struct loop *loop;
  int sent[2], seen[2];
};
struct posted {
  struct posts *all;
  int thread, number;
};

static void on_post(void *ctx) {
  struct posted *p = ctx;
  assert_int_equal(p->number, p->all->seen[p->thread]++);
  if (p->all->seen[0] + p->all->seen[1] == 2 * POSTS) loop_stop(p->all->loop);
  free(p);
}

static void *post_many(void *ctx) {
  struct posted *mine = ctx;
  for (int i = 0; i < POSTS; i++) {
    struct posted *p = malloc(sizeof(*p));
    *p = (struct posted){mine->all, mine->thread, i};
    if (loop_post(mine->all->loop, on_post, p)) free(p);
  }
  return NULL;
}

static void posts_of_each_thread_arrive_in_order(void **state) {
  (void)state;
  struct posts all = {0};
  assert_int_equal(loop_create(NULL, &all.loop), 0);
  struct posted first = {&all, 0, 0}, second = {&all, 1, 0};
  pthread_t threads[2];
  assert_int_equal(pthread_create(&threads[0], NULL, post_many, &first), 0);
  assert_int_equal(pthread_create(&threads[1], NULL, post_many, &second), 0);
  assert_int_equal(loop_run(all.loop), 0);
  for (size_t i = 0; i < 2; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
  assert_int_equal(all.seen[0] + all.seen[1], 2 * POSTS);
  assert_int_equal(loop_post(all.loop, on_end, NULL), 0); /* never run; destroy drops it */
  loop_destroy(all.loop);
}

static void signals_arrive_as_callbacks_and_sigpipe_does_not_kill(void **state) {
  (void)state;
  struct trace t = begin();
  assert_int_equal(loop_on_signal(t.loop, SIGUSR1, on_end, &t), 0);
  assert_int_equal(raise(SIGUSR1), 0);
  assert_int_equal(raise(SIGPIPE), 0);
  assert_int_equal(loop_run_once(t.loop, 1000), 0);
  assert_buf_is(&t.text, "e");
  end(&t);
}

static void sleep_a_little(void *ctx) {
  (void)ctx;
  usleep(20000);
}

static void the_longest_turn_is_measured_without_the_wait(void **state) {
  (void)state;
  struct metrics *m;
  struct loop *loop;
  struct loop_timer *timer;
  assert_int_equal(metrics_create(&m), 0);
  assert_int_equal(loop_create(m, &loop), 0);
  assert_int_equal(loop_timer_create(loop, sleep_a_little, NULL, &timer), 0);
  loop_timer_arm(timer, 60);
  assert_int_equal(loop_run_once(loop, 5000), 0);
  struct buf out = BUF_INIT;
  assert_int_equal(metrics_render(m, &out), 0);
  assert_int_equal(buf_append_byte(&out, 0), 0);
  const char *value = strstr((char *)out.data, "\nyoke_loop_turn_max_microseconds ");
  assert_non_null(value);
  long us = strtol(value + strlen("\nyoke_loop_turn_max_microseconds "), NULL, 10);
  assert_in_range(us, 20000, 59000);
  assert_non_null(strstr((char *)out.data, "yoke_loop_turn_seconds_count 1\n"));
  buf_deinit(&out);
  loop_timer_destroy(timer);
  loop_destroy(loop);
  metrics_destroy(m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(deferred_callbacks_run_once_after_all_others_of_the_turn),
      cmocka_unit_test(a_deferred_callback_may_schedule_others_now_and_itself_for_the_next_turn),
      cmocka_unit_test(what_is_destroyed_while_due_never_runs),
      cmocka_unit_test(a_watch_can_be_paused_and_changed),
      cmocka_unit_test(a_timer_fires_once_an_arming_and_stop_ends_the_run),
      cmocka_unit_test(posts_of_each_thread_arrive_in_order),
      cmocka_unit_test(signals_arrive_as_callbacks_and_sigpipe_does_not_kill),
      cmocka_unit_test(the_longest_turn_is_measured_without_the_wait),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
