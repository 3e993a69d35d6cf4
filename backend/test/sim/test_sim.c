/* SPDX-License-Identifier: MIT */
/* A few hundred seeds, and the proof that the simulation notices what it is there for. */
#include <inttypes.h>
#include <string.h>

#include "room/support.h"
#include "sim.h"

enum { SEEDS = 300, SABOTAGED_SEEDS = 60 };

static void nothing_acknowledged_is_lost_whatever_goes_wrong(void **state) {
  (void)state;
  struct report sum = {0};
  for (uint64_t seed = 1; seed <= SEEDS; seed++) {
    struct report one = {0};
    sim_run(seed, SABOTAGE_NONE, false, &one);
    if (one.violations) print_message("# seed %" PRIu64 ": %s\n", seed, one.first);
    report_add(&sum, &one);
  }
  assert_int_equal(sum.violations, 0);
  assert_true(sum.acknowledged > 10000 && sum.told_gone > 1000);
  for (enum fault fault = 0; fault < FAULT_KINDS; fault++) {
    if (sum.faults[fault] == 0) print_message("# never happened: %s\n", fault_text(fault));
    assert_int_not_equal(sum.faults[fault], 0);
  }
}

static void a_seed_gives_the_same_run_again(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 5; seed++) {
    struct report once = {0}, again = {0};
    sim_run(seed, SABOTAGE_NONE, false, &once);
    sim_run(seed, SABOTAGE_NONE, false, &again);
    assert_memory_equal(&once, &again, sizeof once);
  }
}

static void must_be_noticed(enum sabotage sabotage) {
  for (uint64_t seed = 1; seed <= SABOTAGED_SEEDS; seed++) {
    struct report one = {0};
    sim_run(seed, sabotage, false, &one);
    if (one.violations == 0) continue;
    print_message("# %s: seed %" PRIu64 " %s\n", sabotage_name(sabotage), seed, one.first);
    return;
  }
  fail_msg("%s lost nothing in %d seeds, or nobody noticed", sabotage_name(sabotage), SABOTAGED_SEEDS);
}

static void it_notices_an_acknowledgement_before_the_commit(void **state) {
  (void)state;
  must_be_noticed(SABOTAGE_ACK_EARLY);
}

static void it_notices_one_dropped_deletion(void **state) {
  (void)state;
  must_be_noticed(SABOTAGE_DROP_DELETION);
}

static void it_notices_compaction_by_range(void **state) {
  (void)state;
  must_be_noticed(SABOTAGE_COMPACT_RANGE);
}

static void it_notices_a_compaction_that_takes_away_another_servers(void **state) {
  (void)state;
  must_be_noticed(SABOTAGE_COMPACT_SNAPSHOTS);
}

static void it_notices_a_failed_load_that_becomes_an_empty_room(void **state) {
  (void)state;
  must_be_noticed(SABOTAGE_EMPTY_LOAD);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nothing_acknowledged_is_lost_whatever_goes_wrong),
      cmocka_unit_test(a_seed_gives_the_same_run_again),
      cmocka_unit_test(it_notices_an_acknowledgement_before_the_commit),
      cmocka_unit_test(it_notices_one_dropped_deletion),
      cmocka_unit_test(it_notices_compaction_by_range),
      cmocka_unit_test(it_notices_a_compaction_that_takes_away_another_servers),
      cmocka_unit_test(it_notices_a_failed_load_that_becomes_an_empty_room),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
