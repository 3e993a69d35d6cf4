/* SPDX-License-Identifier: MIT */
/* What every store promises; run over each kind: contract sqlite, contract postgresql. */
#include "contract.h"

#include <assert.h>
#include <stdio.h>

enum { TESTS_MAX = 100 };

static struct fixture fixture;

int contract_open(void **state) {
  fixture_open(&fixture);
  *state = &fixture;
  return 0;
}

int contract_close(void **state) {
  (void)state;
  if (fixture.store) fixture_close(&fixture);
  fixture.limits = LIMITS_DEFAULT;
  return 0;
}

int main(int argc, char **argv) {
  /* Rows last: one of them fills the store up. */
  const struct contract_part *const parts[] = {&contract_compact, &contract_history, &contract_dump, &contract_life,
                                               &contract_rows};
  struct CMUnitTest tests[TESTS_MAX];
  size_t count = 0;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    for (size_t k = 0; k < parts[i]->count; k++) {
      assert(count < TESTS_MAX);
      tests[count++] = parts[i]->tests[k];
    }
  const struct backend *backend = argc > 1 ? backend_find(argv[1]) : NULL;
  if (!backend) {
    fprintf(stderr, "usage: contract sqlite|postgresql\n");
    return 2;
  }
  fixture_init(&fixture, backend);
  int failed = _cmocka_run_group_tests(backend->name, tests, count, NULL, NULL);
  fixture_deinit(&fixture);
  return failed;
}
