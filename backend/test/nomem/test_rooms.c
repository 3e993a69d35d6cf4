/* SPDX-License-Identifier: MIT */
/*
 * Out of memory: a room's whole life (created, opened, joined, edited, saved,
 * written over REST, compacted, unloaded, loaded, looked back on, backed up and
 * restored) with the nth allocation of our own code failing, on either real
 * store. What fails says so: an error, or a connection closed with a reason;
 * nothing else is different.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doc.h"
#include "lives.h"
#include "room/history.h"
#include "world.h"

enum { EDITS = 10 };

/* Parts of the life ---------------------------------------------------------- */

static void type_and_save(struct world *w, struct client *a, struct client *b) {
  (void)w;
  for (uint32_t i = 0; i < EDITS; i++) {
    char word[16];
    snprintf(word, sizeof word, "<%u>", i);
    nomem_part(PART_EDIT);
    client_edit(a, i * 2, i % 4 == 3 ? NULL : word, i % 4 == 3 ? 3 : 0);
    nomem_part(PART_SAVE);
    if (i % 3 == 0) client_save(a);
    nomem_part(PART_SYNC);
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

static void on_log(void *ctx, int err, const struct store_loaded *log) {
  bool merged = false;
  for (size_t i = 0; !err && i < log->row_count; i++) merged |= log->rows[i].updates > 1;
  CHECK(merged || nomem_failed(), "no old history was put together: %s", err_text(err));
  ((struct past *)ctx)->came = true;
}

static void check_thinned(struct world *w) {
  struct past past = {false};
  if (w->store->ops->history(w->store, w->id, &(struct store_span){.after = 0}, on_log, &past) != 0) abort();
  world_until(w, past_came, &past, "the log");
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
  char *expected = doc_text(a->doc);
  CHECK(room_main_text(w->room, &text) == 0, "no text");
  CHECK(text.len == strlen(expected) && memcmp(text.data, expected, text.len) == 0,
        "after loading it is \"%.*s\", and was \"%s\"", (int)text.len, (const char *)text.data, expected);
  free(expected);
  buf_deinit(&text);
}

/* Made while the server runs, restored when it does not. ----------------------- */

static int copy_all(struct dump_reader *from, struct dump_writer *to, char digest[static 65]) {
  struct buf error = BUF_INIT;
  struct dump_copy copy = {.from = from, .to = to};
  int err = 0;
  SERVER(err = dump_copy(&copy, &error));
  if (!err && to) SERVER(err = to->ops->commit(to, &error));
  CHECK(err || (!copy.damaged && !copy.missing), "what is copied is damaged");
  memcpy(digest, copy.digest, sizeof copy.digest);
  buf_deinit(&error);
  return err;
}

static int make_backup(struct world *w, const char *file, char digest[static 65]) {
  struct dump_reader *from = NULL;
  struct dump_writer *to = NULL;
  struct buf error = BUF_INIT;
  int err = 0;
  unlink(file);
  SERVER(err = place_read(w->place, &from, &error));
  if (!err) SERVER(err = dump_write_file(file, &to, &error));
  if (!err) err = copy_all(from, to, digest);
  SERVER(dump_writer_close(to));
  SERVER(dump_reader_close(from));
  buf_deinit(&error);
  return err;
}

static int restore_backup(struct place *place, const char *file, char digest[static 65]) {
  struct dump_reader *from = NULL;
  struct dump_writer *to = NULL;
  struct buf error = BUF_INIT;
  int err = 0;
  SERVER(err = dump_read_sqlite(file, &from, &error));
  if (!err) SERVER(err = place_write(place, &to, &error));
  if (!err) err = copy_all(from, to, digest);
  SERVER(dump_writer_close(to));
  SERVER(dump_reader_close(from));
  buf_deinit(&error);
  return err;
}

static void back_up(struct world *w, const char *file, char digest[static 65]) {
  int err = make_backup(w, file, digest);
  CHECK(!err || (err == ERR_NOMEM && nomem_failed_in(PART_BACKUP)), "making a backup: %s", err_text(err));
  if (err) CHECK(make_backup(w, file, digest) == 0, "making a backup again");
}

static void restore(struct place *place, const char *file, const char *digest) {
  char other[65];
  int err = restore_backup(place, file, other);
  for (int i = 0; err == ERR_BUSY && i < 100; i++) { /* PostgreSQL ends the server's connections a moment later */
    usleep(50000);
    err = restore_backup(place, file, other);
  }
  CHECK(!err || (err == ERR_NOMEM && nomem_failed_in(PART_BACKUP)), "restoring a backup: %s", err_text(err));
  if (err) CHECK(restore_backup(place, file, other) == 0, "restoring a backup again");
  CHECK(memcmp(other, digest, sizeof other) == 0, "what was restored is not what was backed up");
  unlink(file);
}

/* The life ------------------------------------------------------------------- */

static void meet(struct client *a, struct client *b, struct client *p) {
  client_connect(a);
  client_connect(b);
  client_connect(p);
}

static void work(struct world *w, struct client *a, struct client *b, struct client *p) {
  nomem_part(PART_SYNC);
  meet(a, b, p);
  type_and_save(w, a, b);
  nomem_part(PART_SYNC);
  be_aware(a, b);
  nomem_part(PART_EDIT);
  say_plainly(p);
  nomem_part(PART_REST);
  write_over_rest(w);
  client_connect(a);
  client_save(a);
  client_read(a);
  nomem_part(PART_COMPACT);
  compact(w);
  check_thinned(w);
  nomem_part(PART_HISTORY);
  look_back(w);
  nomem_part(PART_UNLOAD);
  client_leave(b);
  client_leave(p);
  client_read(a);
  client_leave(a);
  unload(w);
}

static void come_back(struct world *w, struct client *a) {
  world_open_room(w);
  compare(w, a);
  client_connect(a);
  client_leave(a);
  world_release_room(w);
}

static void live(struct place *place) {
  struct world w;
  struct client a, b, p;
  char file[160], digest[65], id[STORE_ROOM_ID_MAX + 1];
  snprintf(file, sizeof file, "%s.backup", place->dir);
  world_open(&w, place);
  nomem_part(PART_REST);
  world_create_room(&w);
  nomem_part(PART_LOAD);
  world_open_room(&w);
  client_init(&a, &w, MEMBER_YJS, 1);
  client_init(&b, &w, MEMBER_YJS, 2);
  client_init(&p, &w, MEMBER_PLAIN, 3);
  work(&w, &a, &b, &p);
  nomem_part(PART_LOAD);
  come_back(&w, &a);
  nomem_part(PART_BACKUP);
  back_up(&w, file, digest);
  nomem_part(PART_STOP);
  snprintf(id, sizeof id, "%s", w.id);
  world_close(&w);
  nomem_part(PART_BACKUP);
  restore(place, file, digest);
  nomem_end();
  world_open(&w, place);
  snprintf(w.id, sizeof w.id, "%s", id);
  come_back(&w, &a);
  world_close(&w);
  client_deinit(&a);
  client_deinit(&b);
  client_deinit(&p);
}

int main(int argc, char **argv) {
  static const enum nomem_part parts[] = {PART_START,   PART_SYNC,    PART_EDIT,   PART_SAVE, PART_REST,
                                          PART_COMPACT, PART_HISTORY, PART_UNLOAD, PART_LOAD, PART_BACKUP};
  static const struct lives lives = {"what has no memory says so and changes nothing", live, parts,
                                     sizeof parts / sizeof *parts};
  return lives_main(&lives, argc, argv);
}
