/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <unistd.h>

#include "base/support.h"
#include "base/worker.h"

static struct loop *loop;
static struct worker *worker;
static char order[64];
static pthread_t here;

struct task {
  char letter;
  bool elsewhere; /* the work ran on another thread */
  int done;       /* 0: not yet, 1: ran, 2: did not */
};

static int start(void **state) {
  (void)state;
  order[0] = '\0';
  here = pthread_self();
  assert_int_equal(loop_create(NULL, &loop), 0);
  assert_int_equal(worker_create(loop, &worker), 0);
  return 0;
}

static int stop(void **state) {
  (void)state;
  worker_destroy(worker);
  worker = NULL;
  loop_destroy(loop);
  return 0;
}

static void work(void *ctx) {
  struct task *task = ctx;
  task->elsewhere = !pthread_equal(pthread_self(), here);
}

static sem_t begun;

static void slow_work(void *ctx) {
  sem_post(&begun);
  usleep(500000);
  work(ctx);
}

static void done(void *ctx, bool ran) {
  struct task *task = ctx;
  assert_true(pthread_equal(pthread_self(), here));
  assert_int_equal(task->done, 0);
  task->done = ran ? 1 : 2;
  strncat(order, &task->letter, 1);
}

static void jobs_run_elsewhere_and_end_here_in_their_order(void **state) {
  (void)state;
  struct task tasks[3] = {{.letter = 'a'}, {.letter = 'b'}, {.letter = 'c'}};
  for (int i = 0; i < 3; i++) assert_int_equal(worker_run(worker, work, done, &tasks[i]), 0);
  assert_string_equal(order, ""); /* never before the call returns */
  for (int i = 0; i < 100 && !tasks[2].done; i++) assert_int_equal(loop_run_once(loop, 100), 0);
  assert_string_equal(order, "abc");
  for (int i = 0; i < 3; i++) assert_true(tasks[i].elsewhere && tasks[i].done == 1);
}

static void at_the_end_every_job_is_answered_and_those_that_did_not_run_are_told_so(void **state) {
  (void)state;
  struct task first = {.letter = 'a'}, second = {.letter = 'b'};
  assert_int_equal(sem_init(&begun, 0, 0), 0);
  assert_int_equal(worker_run(worker, slow_work, done, &first), 0);
  assert_int_equal(worker_run(worker, slow_work, done, &second), 0);
  while (sem_wait(&begun) != 0) continue; /* the first is under way */
  worker_destroy(worker);
  worker = NULL;
  assert_int_equal(first.done, 1);
  assert_int_equal(second.done, 2);
  assert_false(second.elsewhere);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(jobs_run_elsewhere_and_end_here_in_their_order, start, stop),
      cmocka_unit_test_setup_teardown(at_the_end_every_job_is_answered_and_those_that_did_not_run_are_told_so, start,
                                      stop),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
