/* SPDX-License-Identifier: MIT */
/*
 * Out of memory: a room's whole life (created, opened, joined, edited, saved,
 * written over REST, compacted, unloaded, loaded, looked back on) with the nth
 * allocation of our own code failing, on the real SQLite store. What fails
 * says so: an error, or a connection closed with a reason; nothing else is
 * different. Leaks are the sanitizer's to find.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <ftw.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "nomem.h"
#include "room/history.h"
#include "world.h"

enum { EDITS = 10 };

static char root[96];

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at) {
  (void)st, (void)type, (void)at;
  return remove(path);
}

/* Parts of the life ---------------------------------------------------------- */

static void type_and_save(struct world *w, struct client *a, struct client *b) {
  (void)w;
  for (uint32_t i = 0; i < EDITS; i++) {
    char word[16];
    snprintf(word, sizeof word, "<%u>", i);
    client_edit(a, i * 2, i % 4 == 3 ? NULL : word, i % 4 == 3 ? 3 : 0);
    if (i % 3 == 0) client_save(a);
    client_connect(b);
    client_read(b);
  }
}

static void be_aware(struct client *a, struct client *b) {
  static const uint8_t state[] = {1, 9, 1, 77, 1, 5, '{', '"', 'a', '"', '}'};
  static const uint8_t query[] = {3};
  const uint8_t good[] = {1, 6, 1, 77, 1, 2, '{', '}'};
  (void)state;
  client_connect(a);
  client_send(a, good, sizeof good);
  client_connect(b);
  client_send(b, query, sizeof query);
  world_turn(a->world);
  client_read(a);
  client_read(b);
}

static void say_plainly(struct client *p) {
  client_connect(p);
  client_send(p, "plain text", 10);
  world_turn(p->world);
  client_read(p);
  client_connect(p);
}

struct saved {
  bool came;
};

static void on_saved(void *ctx, int err) {
  ((struct saved *)ctx)->came = true;
  CHECK(!err, "saving a file: %s", err_text(err));
}

static bool saved_came(void *ctx) {
  return ((struct saved *)ctx)->came;
}

static int put_file(struct world *w) {
  const struct room_put put = {.path = "notes.md", .text = (const uint8_t *)"# notes\n", .len = 8, .author = "ann"};
  char etag[ROOM_ETAG_CHARS + 1];
  bool created;
  int err = 0;
  SERVER(err = room_file_put(w->room, &put, w->now_ms, 5, &created, etag));
  return err;
}

static void write_over_rest(struct world *w) {
  struct saved saved = {false};
  struct room_file *files = NULL;
  size_t count = 0;
  int err = put_file(w);
  CHECK(!err || (err == ERR_NOMEM && nomem_failed()), "writing a file: %s", err_text(err));
  if (err) CHECK(put_file(w) == 0, "writing a file again");
  CHECK(yata_doc_check(w->room->document.doc) == 0, "the room's document is broken");
  SERVER(err = room_when_saved(w->room, on_saved, &saved));
  CHECK(!err || nomem_failed(), "waiting for a file to be saved: %s", err_text(err));
  SERVER(registry_tick(w->registry, ++w->now_ms, 5));
  if (!err) world_until(w, saved_came, &saved, "a saved file");
  SERVER(err = room_files(w->room, &files, &count));
  CHECK(err ? nomem_failed() : count == 2, "listing files: %s, %zu", err_text(err), count);
  if (!err) room_files_free(files, count);
}

struct past {
  bool came;
};

static void on_history(void *ctx, int err, struct history *history) {
  static const struct limits limits = LIMITS_DEFAULT;
  struct history_state state;
  ((struct past *)ctx)->came = true;
  CHECK(!err || nomem_failed(), "reading the history: %s", err_text(err));
  if (err) return;
  err = history_state_init(&limits, &state);
  if (!err) {
    err = history_replay(&state, history, &limits);
    if (!err) err = history_finish(&state, &limits);
    history_state_deinit(&state);
  }
  CHECK(!err || (err == ERR_NOMEM && nomem_failed()), "replaying the history: %s", err_text(err));
  history_free(history);
}

static void on_page(void *ctx, int err, const struct history_page *page) {
  ((struct past *)ctx)->came = true;
  CHECK(err ? nomem_failed() : page->count > 0, "listing the history: %s", err_text(err));
}

static bool past_came(void *ctx) {
  return ((struct past *)ctx)->came;
}

static void look_back(struct world *w) {
  struct past past = {false}, listed = {false};
  const struct history_query query = {.max = 10, .pause_ms = 1000};
  int err = 0;
  SERVER(err = history_read(w->registry, w->id, 0, 0, on_history, &past));
  CHECK(!err || nomem_failed(), "asking for the history: %s", err_text(err));
  if (!err) world_until(w, past_came, &past, "the history");
  SERVER(err = history_list(w->registry, w->id, &query, on_page, &listed));
  CHECK(!err || nomem_failed(), "asking for the list: %s", err_text(err));
  if (!err) world_until(w, past_came, &listed, "the list");
}

static void compact(struct world *w) {
  for (int i = 0; i < 3; i++) {
    SERVER(registry_tick(w->registry, ++w->now_ms, 5));
    world_until(w, world_idle, w, "the end of what the room has under way");
  }
}

static void unload(struct world *w) {
  struct registry_stats stats = {1, 0};
  world_release_room(w);
  for (int i = 0; i < 5 && stats.rooms_loaded; i++) {
    w->now_ms += 2000;
    SERVER(registry_tick(w->registry, w->now_ms, 5));
    for (int turn = 0; turn < 20; turn++) world_turn(w);
    registry_stats(w->registry, &stats);
  }
  CHECK(stats.rooms_loaded == 0, "an empty room is not unloaded");
}

static void compare(struct world *w, struct client *a) {
  struct buf text = BUF_INIT;
  char *expected = client_text(a);
  CHECK(room_main_text(w->room, &text) == 0, "no text");
  CHECK(text.len == strlen(expected) && memcmp(text.data, expected, text.len) == 0,
        "after loading it is \"%.*s\", and was \"%s\"", (int)text.len, (const char *)text.data, expected);
  free(expected);
  buf_deinit(&text);
}

/* The life ------------------------------------------------------------------- */

static void live(uint64_t nth) {
  struct world w;
  struct client a, b, p;
  nomem_start(nth);
  world_open(&w, root);
  world_create_room(&w);
  world_open_room(&w);
  client_init(&a, &w, MEMBER_YJS, 1);
  client_init(&b, &w, MEMBER_YJS, 2);
  client_init(&p, &w, MEMBER_PLAIN, 3);
  client_connect(&a);
  client_connect(&b);
  client_connect(&p);
  type_and_save(&w, &a, &b);
  be_aware(&a, &b);
  say_plainly(&p);
  write_over_rest(&w);
  client_connect(&a);
  client_save(&a);
  client_read(&a);
  compact(&w);
  look_back(&w);
  client_leave(&b);
  client_leave(&p);
  client_read(&a);
  client_leave(&a);
  unload(&w);
  world_open_room(&w);
  compare(&w, &a);
  client_connect(&a);
  client_leave(&a);
  world_release_room(&w);
  world_close(&w);
  client_deinit(&a);
  client_deinit(&b);
  client_deinit(&p);
  nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

int main(int argc, char **argv) {
  static const struct option names[] = {
      {"every", required_argument, NULL, 'e'}, {"nth", required_argument, NULL, 'n'}, {NULL, 0, NULL, 0}};
  uint64_t step = 1, from = 1, runs = 0, failed = 0;
  bool single = false;
  for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;) {
    if (c != 'e' && c != 'n') {
      fprintf(stderr, "usage: nomem [--every N] [--nth N]   every Nth allocation fails in turn, or the Nth alone\n");
      return 2;
    }
    single = c == 'n';
    *(single ? &from : &step) = strtoull(optarg, NULL, 10);
  }
  log_init(open("/dev/null", O_WRONLY | O_CLOEXEC), LOG_ERROR, LOG_TEXT);
  snprintf(root, sizeof root, "%s/yoke-nomem-%d", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", (int)getpid());
  live(0);
  uint64_t all = nomem_count();
  CHECK(all > 100, "only %llu allocations were seen", (unsigned long long)all);
  for (uint64_t nth = from; nth <= all + 20; nth += step) {
    uint64_t before = checks_failed;
    live(nth);
    runs++;
    failed += nomem_failed();
    if (checks_failed > before) printf("# ^ with allocation %llu failing\n", (unsigned long long)nth);
    if (single) break;
  }
  printf("# %llu allocations in one life; %llu lives, in %llu of which one failed\n", (unsigned long long)all,
         (unsigned long long)runs, (unsigned long long)failed);
  printf("1..1\n%s 1 - what has no memory says so and changes nothing\n", checks_failed || !failed ? "not ok" : "ok");
  return checks_failed || !failed;
}
