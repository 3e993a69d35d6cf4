/* SPDX-License-Identifier: MIT */
#include "sim.h"

#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "editor.h"
#include "entropy.h"
#include "host.h"

enum {
  SECOND_MS = 1000,
  DOWN_MAX_MS = 1500,
  AWAY_MAX_MS = 12000,
  HURRY_MS = 500,
  SETTLE_MIN_MS = 2500,  /* a tick of the server, which makes good what the store refused, and its commit */
  SETTLE_MAX_MS = 60000, /* healthy again, everything must come right within this */
  TEXT_MAX = 200
};

/* ---- luck ---- */

/* Half of the seeds know nothing of one kind of trouble, so that others show alone. */
static uint32_t odds(struct dice *dice, uint32_t most) {
  return dice_hits(dice, 500) ? dice_between(dice, 1, most) : 0;
}

static void draw_luck(struct sim *sim) {
  struct dice *d = &sim->dice;
  sim->luck = (struct sim_luck){
      .rooms = dice_between(d, 1, SIM_ROOMS_MAX),
      .editors = dice_between(d, 1, 4),
      .typing_ms = dice_between(d, 3000, 15000),
      .pace_ms = dice_between(d, 60, 500),
      .lag_ms = dice_hits(d, 500) ? 8 : dice_between(d, 20, 400),
      .stall = odds(d, 20),
      .drop = odds(d, 60),
      .vanish = odds(d, 20),
      .resend = odds(d, 40),
      .second = dice_hits(d, 200) ? 500 : 0,
      .crash = odds(d, 250),
      .stop = odds(d, 120),
      .away = odds(d, 80),
      .lunch = odds(d, 80),
      .jump = odds(d, 100),
      .script = odds(d, 400),
      .store = {.commit_fails = odds(d, 60),
                .commit_unknown = odds(d, 40),
                .slow = odds(d, 80),
                .answer_late = odds(d, 100),
                .append_fails = odds(d, 15),
                .append_mistaken = odds(d, 15),
                .append_refused = odds(d, 15),
                .load_fails = odds(d, 400),
                .load_damaged = odds(d, 300),
                .compact_fails = odds(d, 200),
                .compact_mistaken = odds(d, 200),
                .compact_overtaken = odds(d, 900),
                .ghost = odds(d, 600)},
  };
  sim->limits = LIMITS_DEFAULT;
  sim->limits.compact_rows = dice_between(d, 8, 40);
  sim->limits.room_idle_ms = dice_between(d, 0, 1500);
  sim->limits.store_timeout_ms = dice_between(d, 300, 3000);
  if (dice_hits(d, 300)) sim->limits.store_backlog_max_bytes = dice_between(d, 300, 3000);
  if (dice_hits(d, 300)) sim->limits.outbox_max_bytes = dice_between(d, 1000, 4000);
}

/* ---- checks ---- */

static bool same_document(const yata_doc *a, const yata_doc *b) {
  yata_snapshot sa = YATA_SNAPSHOT_INIT, sb = YATA_SNAPSHOT_INIT;
  MUST(yata_snapshot_take(&sa, a));
  MUST(yata_snapshot_take(&sb, b));
  bool same = yata_snapshot_equal(&sa, &sb);
  yata_snapshot_deinit(&sa);
  yata_snapshot_deinit(&sb);
  return same;
}

static bool same_text(const struct spots *a, const struct spots *b) {
  return a->count == b->count && (a->count == 0 || memcmp(a->all, b->all, a->count * sizeof *a->all) == 0);
}

static void check_room(struct sim *sim, size_t room, bool complete, const char *when) {
  const struct disk_room *stored = disk_find(&sim->disk, sim->room_ids[room]);
  yata_doc *doc = disk_read(stored);
  char why[TEXT_MAX];
  struct spots text;
  if (!same_document(doc, stored->committed))
    report_violation(&sim->report, "%s: the disk no longer holds all that was committed", when);
  if (!editor_text_of(doc, &text)) {
    report_violation(&sim->report, "%s: the room on disk has no file", when);
  } else {
    if (!tokens_check(&sim->tokens, room, &text, complete, why, sizeof why))
      report_violation(&sim->report, "%s: on disk %s", when, why);
    free(text.all);
  }
  if (yata_doc_check(doc)) report_violation(&sim->report, "%s: the document on disk is broken", when);
  if (!ledger_check(&sim->ledger, room, UINT64_MAX, doc, why, sizeof why))
    report_violation(&sim->report, "%s: on disk %s", when, why);
  yata_doc_destroy(doc);
}

void sim_check_disk(struct sim *sim, const char *when) {
  for (size_t room = 0; room < sim->room_count; room++) check_room(sim, room, false, when);
}

static void check_editor(struct sim *sim, const struct editor *editor, yata_doc *doc, const struct spots *text) {
  struct spots own;
  if (yata_doc_check(editor->doc)) report_violation(&sim->report, "the document of %s is broken", editor->name);
  if (!same_document(editor->doc, doc))
    report_violation(&sim->report, "at the end %s has another state than the disk", editor->name);
  if (!editor_text(editor, &own)) {
    report_violation(&sim->report, "at the end %s has no file", editor->name);
    return;
  }
  if (!same_text(&own, text))
    report_violation(&sim->report, "at the end %s has another text than the disk", editor->name);
  free(own.all);
}

/* Everybody has the same, and it is what the model says. */
static void check_end(struct sim *sim) {
  for (size_t room = 0; room < sim->room_count; room++) {
    check_room(sim, room, true, "at the end");
    yata_doc *doc = disk_read(disk_find(&sim->disk, sim->room_ids[room]));
    struct spots text;
    if (editor_text_of(doc, &text)) {
      for (const struct editor *e = sim->editors; e; e = e->next)
        if (!e->vanished && e->room == room) check_editor(sim, e, doc, &text);
      free(text.all);
    }
    yata_doc_destroy(doc);
  }
}

/* ---- what happens to the server ---- */

static void on_restart(void *ctx) {
  struct sim *sim = ctx;
  if (host_count(sim) == 0) host_start(sim);
}

static void start_second(struct sim *sim) {
  report_fault(&sim->report, FAULT_TWO_SERVERS);
  sim->shared_store = true;
  host_start(sim);
}

static void on_second(void *ctx) {
  struct sim *sim = ctx;
  if (sim->settling) return;
  const struct sim_luck *luck = &sim->luck;
  struct host *host = host_pick(sim);
  size_t up = host_count(sim);
  if (up == 1 && dice_hits(&sim->dice, luck->second)) start_second(sim);
  if (up == 0) timeline_plan(&sim->time, dice_below(&sim->dice, DOWN_MAX_MS), on_restart, sim);
  if (dice_hits(&sim->dice, luck->crash)) host_crash(host);
  if (dice_hits(&sim->dice, luck->stop)) host_stop(host);
  if (host->up && dice_hits(&sim->dice, luck->away))
    flaky_away(&host->store, dice_between(&sim->dice, 200, AWAY_MAX_MS));
  if (dice_hits(&sim->dice, luck->lunch))
    for (struct editor *e = sim->editors; e; e = e->next) editor_leave(e, dice_between(&sim->dice, 2000, 5000));
  if (dice_hits(&sim->dice, luck->script)) host_script(host, dice_below(&sim->dice, (uint32_t)sim->room_count));
  if (dice_hits(&sim->dice, luck->jump)) {
    report_fault(&sim->report, FAULT_CLOCK_JUMPED);
    sim->wall_ms = (int64_t)dice_below(&sim->dice, 1000000000) - 500000000;
  }
  timeline_plan(&sim->time, dice_between(&sim->dice, SECOND_MS / 2, SECOND_MS * 3 / 2), on_second, sim);
}

/* ---- a run ---- */

static void on_created(void *ctx, int err, const struct room_info *info) {
  struct sim *sim = ctx;
  MUST(err);
  strcpy(sim->room_ids[sim->room_count++], info->id);
}

static void run_for(struct sim *sim, uint64_t ms) {
  uint64_t end_ms = sim->time.now_ms + ms;
  while (timeline_step(&sim->time, end_ms)) {
  }
}

static void set_up(struct sim *sim) {
  sim->settling = true; /* nothing goes wrong yet */
  host_start(sim);
  for (size_t i = 0; i < sim->luck.rooms; i++) {
    struct room_spec spec = {
        .name = "a room", .language = "c", .code = (const uint8_t *)"", .owner_name = "Ann", .owner_mail = "a@b.org"};
    MUST(registry_create_room(sim->hosts->registry, &spec, sim_wall_ms(sim), on_created, sim));
    run_for(sim, 100);
  }
  if (sim->room_count != sim->luck.rooms) abort();
  sim->settling = false;
  sim->hosts->store.odds = sim->luck.store;
  for (size_t room = 0; room < sim->room_count; room++)
    for (size_t i = 0; i < sim->luck.editors; i++) editor_create(sim, room, false);
  timeline_plan(&sim->time, SECOND_MS, on_second, sim);
}

static bool all_done(const struct sim *sim) {
  for (const struct editor *e = sim->editors; e; e = e->next)
    if (!editor_done(e)) return false;
  return flaky_idle(&sim->hosts->store) && sim->hosts->scripts == 0;
}

/* From now on all is well, and all must come right: a new server, everybody connects, and somebody new looks. */
static void settle(struct sim *sim) {
  report_trace(&sim->report, "from now on nothing goes wrong");
  sim->settling = true;
  bool known = !sim->shared_store && sim->report.faults[FAULT_GHOST] == 0; /* to the server: all that is on disk */
  if (!known || dice_hits(&sim->dice, 500)) {
    for (struct host *host = sim->hosts; host; host = host->next) host_crash(host);
    run_for(sim, FLAKY_GHOST_MAX_MS);
  }
  if (host_count(sim) == 0) host_start(sim);
  memset(&sim->hosts->store.odds, 0, sizeof sim->hosts->store.odds);
  sim->hosts->store.away_until_ms = 0;
  sim->limits.store_backlog_max_bytes = sim->limits.outbox_max_bytes = 1u << 30;
  for (size_t room = 0; room < sim->room_count; room++) editor_create(sim, room, true);
  uint64_t least_ms = sim->time.now_ms + SETTLE_MIN_MS, end_ms = sim->time.now_ms + SETTLE_MAX_MS;
  do {
    for (struct editor *e = sim->editors; e; e = e->next) editor_hurry(e);
    run_for(sim, HURRY_MS);
    if (host_count(sim) == 0) host_start(sim); /* it was about to stop */
  } while (sim->time.now_ms < least_ms || (!all_done(sim) && sim->time.now_ms < end_ms));
  for (const struct editor *e = sim->editors; e; e = e->next)
    if (!editor_done(e))
      report_violation(&sim->report, "%s never came to rest: %s%s%s%s", e->name, e->link ? "" : "not connected ",
                       e->synced ? "" : "not synced ", e->answered ? "" : "not asked ",
                       e->edits ? "not acknowledged" : "");
}

static void tear_down(struct sim *sim) {
  while (sim->hosts) {
    struct host *next = sim->hosts->next;
    host_free(sim->hosts);
    sim->hosts = next;
  }
  while (sim->links) {
    struct link *next = sim->links->next;
    link_free(sim->links);
    sim->links = next;
  }
  while (sim->editors) {
    struct editor *next = sim->editors->next;
    editor_free(sim->editors);
    sim->editors = next;
  }
  disk_deinit(&sim->disk);
  ledger_deinit(&sim->ledger);
  tokens_deinit(&sim->tokens);
  timeline_deinit(&sim->time);
}

void sim_run(uint64_t seed, enum sabotage sabotage, bool trace, struct report *out) {
  struct sim sim = {.seed = seed, .dice.state = seed, .sabotage = sabotage};
  sim.report.time = &sim.time;
  sim.report.trace = trace;
  sim.disk.dice = &sim.dice;
  log_init(trace ? 2 : -1, LOG_WARN, LOG_TEXT);
  entropy_seed(seed);
  draw_luck(&sim);
  set_up(&sim);
  run_for(&sim, sim.luck.typing_ms);
  settle(&sim);
  check_end(&sim);
  tear_down(&sim);
  sim.report.time = NULL;
  *out = sim.report;
}
