/* SPDX-License-Identifier: MIT */
#include "life.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"

int life_begin(struct life *life, const char *data_dir, life_create_fn *create, struct buf *error) {
  *life = (struct life){.limits = LIMITS_DEFAULT};
  if (loop_create(NULL, &life->loop) != 0) abort();
  struct sqlite_store_options options = {data_dir, life->loop, NULL, &life->limits};
  int err = create(&options, &life->store, error);
  if (err) life->store = NULL;
  if (err && buf_append_byte(error, 0) != 0) abort();
  return err;
}

bool life_settle(struct life *life, const struct rooms *rooms, bool (*stop)(void), uint64_t ms) {
  uint64_t end = clock_mono_ms() + ms;
  while (rooms_outstanding(rooms) && !(stop && stop()) && clock_mono_ms() < end)
    if (loop_run_once(life->loop, 20) != 0) abort();
  return rooms_outstanding(rooms) == 0;
}

void life_end(struct life *life, struct rooms *rooms) {
  if (loop_run_once(life->loop, 0) != 0) abort(); /* what is due already is told */
  store_destroy(life->store);
  rooms_crash(rooms);
  loop_destroy(life->loop);
}

void life_folder(char *out, size_t cap, const char *name) {
  snprintf(out, cap, "%s/yoke-%s-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", name);
  if (!mkdtemp(out)) abort();
}
