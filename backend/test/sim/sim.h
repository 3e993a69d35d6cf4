/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_SIM_SIM_H
#define YOKE_TEST_SIM_SIM_H

/*
 * A server's rooms, their store and their network in one process, driven by one seed: the room layer is real, the
 * store behind its port (flaky.h), the connections (link.h), the people (editor.h) and the clock are not.
 */

#include "base/limits.h"
#include "dice.h"
#include "disk.h"
#include "flaky.h"
#include "ledger.h"
#include "report.h"
#include "timeline.h"
#include "tokens.h"

struct host;
struct editor;
struct link;

enum { SIM_ROOMS_MAX = 2 };

/* What kind of bad luck a seed has; in thousandths of the occasions where not said otherwise. */
struct sim_luck {
  size_t rooms, editors; /* editors of each room */
  uint64_t typing_ms;    /* how long people type */
  uint32_t pace_ms;      /* longest pause between two actions of one */
  uint32_t lag_ms;       /* longest way of a message */
  uint32_t stall, drop, vanish, resend;
  uint32_t second, crash, stop, away, lunch, jump, script; /* of the seconds */
  struct flaky_odds store;
};

struct sim {
  uint64_t seed;
  struct dice dice;
  struct timeline time;
  struct report report;
  struct disk disk;
  struct ledger ledger;
  struct tokens tokens;
  struct limits limits;
  struct sim_luck luck;
  enum sabotage sabotage;
  bool sabotaged; /* the one deletion was dropped */
  bool settling;  /* nobody types any more, and nothing goes wrong */
  size_t room_count;
  char room_ids[SIM_ROOMS_MAX][STORE_ROOM_ID_MAX + 1];
  int64_t wall_ms;    /* the wall clock is so far from the timeline */
  struct host *hosts; /* the newest first; all stay until the end, since events name them */
  bool shared_store;  /* there was a moment with two servers */
  struct editor *editors;
  struct link *links;
};

/** Run one seed from beginning to end; figures and violations are in @out. */
void sim_run(uint64_t seed, enum sabotage sabotage, bool trace, struct report *out);

/** What must hold of the disk at any time: all that was ever committed and all that was acknowledged can be read. */
void sim_check_disk(struct sim *sim, const char *when);

static inline uint64_t sim_wall_ms(const struct sim *sim) {
  return (uint64_t)(1700000000000 + (int64_t)sim->time.now_ms + sim->wall_ms);
}

#endif
