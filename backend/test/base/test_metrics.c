/* SPDX-License-Identifier: MIT */
#include <pthread.h>

#include "base/metrics.h"
#include "base/support.h"

static struct metrics *create(void) {
  struct metrics *m = NULL;
  assert_int_equal(metrics_create(&m), 0);
  return m;
}

static void series_of_one_name_stand_together_under_one_head(void **state) {
  (void)state;
  struct metrics *m = create();
  metric_add(metrics_counter(m, "yoke_bytes_total", "direction=\"in\"", "Bytes."), 5);
  metric_set(metrics_gauge(m, "yoke_rooms", NULL, "Rooms."), 3);
  metric_add(metrics_counter(m, "yoke_bytes_total", "direction=\"out\"", "Bytes."), 6);
  metric_move(metrics_gauge(m, "yoke_rooms", NULL, "Rooms."), -4);
  struct buf out = BUF_INIT;
  assert_int_equal(metrics_render(m, &out), 0);
  assert_buf_is(&out, "# HELP yoke_bytes_total Bytes.\n# TYPE yoke_bytes_total counter\n"
                      "yoke_bytes_total{direction=\"in\"} 5\nyoke_bytes_total{direction=\"out\"} 6\n"
                      "# HELP yoke_rooms Rooms.\n# TYPE yoke_rooms gauge\nyoke_rooms -1\n");
  buf_deinit(&out);
  metrics_destroy(m);
}

static void a_histogram_counts_in_seconds_and_its_buckets_add_up(void **state) {
  (void)state;
  struct metrics *m = create();
  struct metric_histogram *h = metrics_histogram(m, "yoke_commit_seconds", "store=\"x\"", "Commits.");
  static const uint64_t us[] = {1, 100, 101, 2000000, 11000000};
  for (size_t i = 0; i < COUNT_OF(us); i++) metric_observe_us(h, us[i]);
  struct buf out = BUF_INIT;
  assert_int_equal(metrics_render(m, &out), 0);
  assert_int_equal(buf_append_byte(&out, 0), 0);
  static const char *const lines[] = {
      "# TYPE yoke_commit_seconds histogram\n",    "yoke_commit_seconds_bucket{store=\"x\",le=\"0.0001\"} 2\n",
      "_bucket{store=\"x\",le=\"0.00025\"} 3\n",   "_bucket{store=\"x\",le=\"1\"} 3\n",
      "_bucket{store=\"x\",le=\"2.5\"} 4\n",       "_bucket{store=\"x\",le=\"10\"} 4\n",
      "_bucket{store=\"x\",le=\"+Inf\"} 5\n",      "yoke_commit_seconds_sum{store=\"x\"} 13.000202\n",
      "yoke_commit_seconds_count{store=\"x\"} 5\n"};
  for (size_t i = 0; i < COUNT_OF(lines); i++)
    if (!strstr((char *)out.data, lines[i])) fail_msg("%s is not in %s", lines[i], (char *)out.data);
  buf_deinit(&out);
  metrics_destroy(m);
}

static void a_peak_starts_again_after_each_render(void **state) {
  (void)state;
  struct metrics *m = create();
  struct metric_gauge *g = metrics_peak(m, "yoke_peak", NULL, "Peak.");
  metric_max(g, 5);
  metric_max(g, 3);
  struct buf out = BUF_INIT;
  assert_int_equal(metrics_render(m, &out), 0);
  assert_buf_is(&out, "# HELP yoke_peak Peak.\n# TYPE yoke_peak gauge\nyoke_peak 5\n");
  buf_clear(&out);
  assert_int_equal(metrics_render(m, &out), 0);
  assert_buf_is(&out, "# HELP yoke_peak Peak.\n# TYPE yoke_peak gauge\nyoke_peak 0\n");
  buf_deinit(&out);
  metrics_destroy(m);
}

static void the_same_name_is_the_same_series_and_bad_ones_are_none(void **state) {
  (void)state;
  struct metrics *m = create();
  struct metric_counter *c = metrics_counter(m, "yoke_a", NULL, "A.");
  assert_non_null(c);
  assert_ptr_equal(metrics_counter(m, "yoke_a", NULL, "A."), c);
  assert_ptr_not_equal(metrics_counter(m, "yoke_a", "x=\"y\"", "A."), c);
  assert_null(metrics_gauge(m, "yoke_a", NULL, "A."));
  assert_null(metrics_counter(m, "other_a", NULL, "A."));
  assert_null(metrics_counter(m, "yoke_A", NULL, "A."));
  assert_null(metrics_counter(NULL, "yoke_a", NULL, "A."));
  metric_add(NULL, 1);
  metric_set(NULL, 1);
  metric_max(NULL, 1);
  metric_observe_us(NULL, 1);
  assert_int_equal(metric_read(NULL), 0);
  metrics_destroy(m);
}

static void *count_many(void *ctx) {
  for (int i = 0; i < 20000; i++) metric_add(ctx, 1);
  return NULL;
}

static void threads_count_together(void **state) {
  (void)state;
  struct metrics *m = create();
  struct metric_counter *c = metrics_counter(m, "yoke_a", NULL, "A.");
  pthread_t threads[4];
  for (size_t i = 0; i < 4; i++) assert_int_equal(pthread_create(&threads[i], NULL, count_many, c), 0);
  for (size_t i = 0; i < 4; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
  assert_int_equal(metric_read(c), 80000);
  metrics_destroy(m);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(series_of_one_name_stand_together_under_one_head),
      cmocka_unit_test(a_histogram_counts_in_seconds_and_its_buckets_add_up),
      cmocka_unit_test(a_peak_starts_again_after_each_render),
      cmocka_unit_test(the_same_name_is_the_same_series_and_bad_ones_are_none),
      cmocka_unit_test(threads_count_together),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
