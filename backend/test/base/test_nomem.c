/* SPDX-License-Identifier: MIT */
#include <unistd.h>

#include "base/config.h"
#include "base/digest.h"
#include "base/failing_alloc.h"
#include "base/loop.h"
#include "base/metrics.h"
#include "base/textdiff.h"

static int rebase_an_edit(void) {
  static const char base[] = "one\ntwo\nthrée\n", ours[] = "onne\ntwo!\nthrèe\n", current[] = "zero\none\nthrée\n";
  struct text_edits edits = {0};
  int err = textdiff_rebase((const uint8_t *)base, sizeof(base) - 1, (const uint8_t *)ours, sizeof(ours) - 1,
                            (const uint8_t *)current, sizeof(current) - 1, &edits);
  text_edits_deinit(&edits);
  return err;
}

/* Large and unlike enough for the comparison by lines. */
static int diff_by_lines(void) {
  static uint8_t base[30000], ours[30000];
  for (size_t i = 0; i < sizeof(base); i++) {
    base[i] = i % 3000 == 2999 ? '\n' : (uint8_t)('a' + i * 7919 % 23);
    ours[i] = i % 3000 == 2999 ? '\n' : (uint8_t)('A' + i * 104729 % 25);
  }
  struct text_edits edits = {0};
  int err = textdiff(base, sizeof(base), ours, sizeof(ours), &edits);
  text_edits_deinit(&edits);
  return err;
}

static int load_and_print(void) {
  char *const environment[] = {"HOME=/home/x",
                               "YOKE_PORT=9",
                               "YOKE_PUBLIC_URL=http://x",
                               "YOKE_DB_HOST=h",
                               "YOKE_DB_USER=u",
                               "YOKE_DB_DATABASE=d",
                               "YOKE_DB_PASSWORD=p",
                               "YOKE_ALLOWED_ORIGINS=http://a,http://b",
                               NULL};
  struct config c;
  struct buf error = BUF_INIT;
  int err = config_load(&(struct config_flags){.log_level = "warn"}, environment, &c, &error);
  if (!err) err = config_print(&c, &error);
  config_deinit(&c);
  buf_deinit(&error);
  return err;
}

static void do_nothing(void *ctx) {
  (void)ctx;
}

static int use_a_loop(void) {
  struct loop *loop = NULL;
  struct loop_timer *timer = NULL;
  struct loop_defer *defer = NULL;
  int err = loop_create(NULL, &loop);
  if (!err) err = loop_timer_create(loop, do_nothing, NULL, &timer);
  if (!err) err = loop_defer_create(loop, do_nothing, NULL, &defer);
  if (!err) err = loop_post(loop, do_nothing, NULL);
  if (!err) err = loop_run_once(loop, 0);
  loop_timer_destroy(timer);
  loop_defer_destroy(defer);
  loop_destroy(loop);
  return err;
}

static int render_metrics(void) {
  struct metrics *m = NULL;
  struct buf out = BUF_INIT;
  int err = metrics_create(&m);
  if (!err && !metrics_counter(m, "yoke_a", NULL, "A.")) err = ERR_NOMEM;
  if (!err && !metrics_histogram(m, "yoke_b", "x=\"y\"", "B.")) err = ERR_NOMEM;
  if (!err) err = metrics_render(m, &out);
  metrics_destroy(m);
  buf_deinit(&out);
  return err;
}

static void a_diff_survives_each_allocation_failing(void **state) {
  (void)state;
  fail_each_allocation(rebase_an_edit);
  fail_each_allocation(diff_by_lines);
}

static void the_configuration_survives_each_allocation_failing(void **state) {
  (void)state;
  assert_int_equal(chdir("/"), 0); /* where no config.json is */
  fail_each_allocation(load_and_print);
}

static void loop_and_metrics_survive_each_allocation_failing(void **state) {
  (void)state;
  fail_each_allocation(use_a_loop);
  fail_each_allocation(render_metrics);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_diff_survives_each_allocation_failing),
      cmocka_unit_test(the_configuration_survives_each_allocation_failing),
      cmocka_unit_test(loop_and_metrics_survive_each_allocation_failing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
