/* SPDX-License-Identifier: MIT */
#include "every.h"

#include <ctype.h>
#include <stdio.h>

static const struct scenario *const lists[] = {every_document, every_update, every_value,    every_edit,
                                               every_read,     every_event,  every_snapshot, every_awareness};

/* ---- the world ---------------------------------------------------------------------------- */

static void fill(struct world *w) {
  yata_type made;
  yata_any number = yata_any_number(4), string = yata_any_string("more than twelve bytes of text");
  const yata_any values[] = {number, string, yata_any_null()};
  const yata_subdoc_options subdoc = {.guid = "sub", .auto_load = true};
  yata_id id;
  /* What JSON lacks, in an array that takes memory to read. */
  const yata_any lacking_items[] = {{.kind = YATA_ANY_BIGINT}, {.kind = YATA_ANY_UNDEFINED}, string};
  yata_any lacking = {.kind = YATA_ANY_ARRAY};
  lacking.u.array.items = lacking_items;
  lacking.u.array.len = 3;
  OBJECT(bold, "bold", yata_any_bool(true));
  OBJECT(odd, "odd", lacking);
  assert_ok(yata_text_insert(w->doc, w->text, 0, "some words 😀", 15));
  assert_ok(yata_text_format(w->doc, w->text, 2, 5, &bold));
  assert_ok(yata_text_insert_embed(w->doc, w->text, 4, &number, NULL));
  assert_ok(yata_text_insert_embed(w->doc, w->text, 9, &lacking, &odd));
  assert_ok(yata_map_set(w->doc, w->map, "key", 3, &string));
  assert_ok(yata_map_set_type(w->doc, w->map, "list", 4, YATA_KIND_ARRAY, &made));
  assert_ok(yata_array_insert(w->doc, made, 0, values, 3));
  assert_ok(yata_array_insert(w->doc, w->array, 0, values, 3));
  assert_ok(yata_array_insert_subdoc(w->doc, w->array, 1, &subdoc, &id));
  assert_ok(yata_xml_insert(w->doc, w->fragment, 0, YATA_KIND_XML_ELEMENT, "p", &w->element));
  assert_ok(yata_xml_insert(w->doc, w->fragment, 1, YATA_KIND_XML_TEXT, NULL, &made));
  assert_ok(yata_map_set(w->doc, w->element, "class", 5, &string));
}

static void edit_at(struct world *w, uint64_t time_ms, void (*edit)(struct world *)) {
  const yata_cause cause = {NULL, time_ms};
  assert_ok(yata_txn_begin_as(w->doc, &cause));
  edit(w);
  assert_ok(yata_txn_commit(w->doc, NULL));
}

static void erase_some(struct world *w) {
  assert_ok(yata_text_delete(w->doc, w->text, 1, 4));
  assert_ok(yata_map_delete(w->doc, w->map, "list", 4));
  assert_ok(yata_array_delete(w->doc, w->array, 0, 1));
}

static void write_more(struct world *w) {
  assert_ok(yata_text_insert(w->doc, w->text, 3, "more", 4));
  assert_ok(yata_array_insert_type(w->doc, w->array, 0, YATA_KIND_TEXT, &(yata_type){0, 0}));
}

static void open_world(struct world *w) {
  yata_options o = {.client_id = 77, .keep_deleted = true, .alloc = &w->alloc};
  bool done;
  memset(w, 0, sizeof(*w));
  w->failing.countdown = -1;
  w->alloc = (yata_allocator){failing_resize, &w->failing};
  yata_buf_init(&w->out, &w->alloc);
  assert_ok(yata_doc_create(&o, &w->doc));
  assert_ok(yata_text(w->doc, "text", &w->text));
  assert_ok(yata_map(w->doc, "map", &w->map));
  assert_ok(yata_array(w->doc, "array", &w->array));
  assert_ok(yata_xml_fragment(w->doc, "xml", &w->fragment));
  assert_ok(yata_undo_create(w->doc, NULL, &w->undo));
  edit_at(w, 0, fill);
  assert_ok(yata_snapshot_take(&w->snapshot, w->doc));
  edit_at(w, 10000, erase_some);
  edit_at(w, 20000, write_more);
  assert_ok(yata_undo_undo(w->undo, 30000, NULL, &done));
  assert_true(done);
  assert_ok(yata_encode_state_as_update(w->doc, NULL, 0, &w->state));
  assert_ok(yata_encode_state_as_update_v2(w->doc, NULL, 0, &w->state_v2));
  assert_ok(yata_encode_state_vector(w->doc, &w->sv));
}

static void close_world(struct world *w) {
  yata_buf_deinit(&w->state);
  yata_buf_deinit(&w->state_v2);
  yata_buf_deinit(&w->sv);
  yata_snapshot_deinit(&w->snapshot);
  yata_buf_deinit(&w->out);
  yata_doc_destroy(w->doc);
  assert_int_equal(w->failing.live, 0);
}

/* ---- the runs ----------------------------------------------------------------------------- */

static void assert_untouched(struct world *w) {
  yata_txn_abort(w->doc);
  assert_state(w->doc, w->state.data, w->state.len);
  assert_int_equal(yata_undo_depth(w->undo, YATA_STACK_UNDO), 2);
  assert_int_equal(yata_undo_depth(w->undo, YATA_STACK_REDO), 1);
  assert_int_equal(w->out.len, 0);
}

/* True: the nth allocation was asked for. */
static bool run_once(const struct scenario *s, long n) {
  struct world w;
  open_world(&w);
  if (getenv("YATA_TRACE") != NULL) print_message("# %s, %ld\n", s->name, n);
  w.failing.countdown = n;
  int err = s->run(&w);
  bool failed = w.failing.countdown == 0;
  w.failing.countdown = -1;
  /* What is but a cache can do without; so an allocation that failed need not be an error. */
  if (err != 0 && !(failed && err == YATA_ERR_NOMEM))
    fail_msg("%s, allocation %ld: %s", s->name, n, yata_strerror(err));
  if (err < 0) assert_untouched(&w);
  yata_txn_abort(w.doc);
  assert_ok(yata_doc_check(w.doc));
  close_world(&w);
  return failed;
}

static void every_allocation_may_fail(void **state) {
  long runs = 0;
  (void)state;
  for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
    for (const struct scenario *s = lists[i]; s->name != NULL; s++)
      for (long n = 1; run_once(s, n); n++) runs++;
  print_message("# %ld allocations failed\n", runs);
  assert_true(runs > 500);
}

/* ---- is it every one? --------------------------------------------------------------------- */

static char *read_file(const char *folder, const char *name) {
  static char text[1 << 20];
  char path[4096];
  snprintf(path, sizeof(path), "%s/%s", folder, name);
  FILE *file = fopen(path, "r");
  assert_non_null(file);
  size_t n = fread(text, 1, sizeof(text) - 1, file);
  fclose(file);
  text[n] = 0;
  return text;
}

static bool calls(const char *source, const char *name, size_t len) {
  for (const char *at = strstr(source, name); at != NULL; at = strstr(at + 1, name))
    if (at[len] == '(' && !isalnum((unsigned char)at[-1]) && at[-1] != '_') return true;
  return false;
}

static void every_function_is_called_with_failing_memory(void **state) {
  static const char *const files[] = {"every_document.c", "every_update.c", "every_value.c",    "every_edit.c",
                                      "every_read.c",     "every_event.c",  "every_snapshot.c", "every_awareness.c"};
  char *header = strdup(read_file(YATA_ROOT, "include/yata.h")), name[128];
  unsigned missing = 0, functions = 0;
  (void)state;
  assert_non_null(header);
  for (char *at = header; (at = strstr(at, "\nYATA_API ")) != NULL;) {
    bool found = false;
    at += 10;
    char *end = strchr(at, '('), *from = end;
    while (isalnum((unsigned char)from[-1]) || from[-1] == '_') from--;
    snprintf(name, sizeof(name), "%.*s", (int)(end - from), from);
    for (size_t i = 0; i < sizeof(files) / sizeof(*files) && !found; i++)
      found = calls(read_file(YATA_ROOT "/test", files[i]), name, strlen(name));
    if (!found) print_message("# not called: %s\n", name);
    missing += !found;
    functions++;
  }
  free(header);
  assert_true(functions > 150);
  assert_int_equal(missing, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_allocation_may_fail),
      cmocka_unit_test(every_function_is_called_with_failing_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
