/* SPDX-License-Identifier: MIT */
/* A copy of a text is kept up by following the deltas of its changes, as an editor or a language server does. */
#include "must.h"

/* [mirror] */
struct mirror {
  char bytes[256]; /* UTF-8 */
  size_t len;
};

static void splice(struct mirror *m, size_t at, size_t removed, yata_slice added) {
  if (at > m->len || removed > m->len - at || m->len - removed + added.len > sizeof(m->bytes)) abort();
  memmove(m->bytes + at + added.len, m->bytes + at + removed, m->len - at - removed);
  if (added.len > 0) memcpy(m->bytes + at, added.data, added.len);
  m->len += added.len - removed;
}

static void on_text(void *user, const yata_event *event) {
  struct mirror *mirror = user;
  const yata_delta_op *ops;
  size_t count;
  must(yata_event_delta(event, &ops, &count));
  printf("%s change:", yata_event_txn(event)->local ? "local" : "remote");
  for (size_t i = 0; i < count; i++) {
    const yata_delta_op *op = &ops[i];
    const int shown = (int)op->text.len;
    if (op->kind == YATA_DELTA_RETAIN) printf(" retain %u", op->len);
    if (op->kind == YATA_DELTA_INSERT) printf(" insert \"%.*s\"", shown, (const char *)op->text.data);
    if (op->kind == YATA_DELTA_DELETE) printf(" delete \"%.*s\"", shown, (const char *)op->text.data);
    /* new_byte is where the operation is once those before it are done. What is retained has text when it is half of a
     * character that was torn: U+FFFD then. */
    if (op->kind == YATA_DELTA_INSERT) splice(mirror, op->new_byte, 0, op->text);
    if (op->kind == YATA_DELTA_DELETE) splice(mirror, op->new_byte, op->bytes, (yata_slice){NULL, 0});
    if (op->kind == YATA_DELTA_RETAIN && op->text.len > 0) splice(mirror, op->new_byte, op->bytes, op->text);
  }
  printf("\n  copy: %.*s\n", (int)mirror->len, mirror->bytes);
}
/* [end] */

/* [keys] */
static void on_settings(void *user, const yata_event *const *events, size_t count) {
  static const char *const did[] = {[YATA_KEY_ADD] = "added", [YATA_KEY_UPDATE] = "set", [YATA_KEY_DELETE] = "deleted"};
  (void)user;
  for (size_t i = 0; i < count; i++) {
    const yata_key_change *changes;
    const yata_step *path;
    size_t n, steps;
    must(yata_event_path(events[i], &path, &steps));
    must(yata_event_keys(events[i], &changes, &n));
    for (size_t k = 0; k < n; k++) {
      printf("settings");
      for (size_t s = 0; s < steps; s++) printf(".%.*s", (int)path[s].key.len, (const char *)path[s].key.data);
      printf(".%.*s %s\n", (int)changes[k].key.len, (const char *)changes[k].key.data, did[changes[k].action]);
    }
  }
}
/* [end] */

static void edit(yata_doc *doc, yata_type text, uint32_t index, uint32_t removed, const char *added) {
  must(yata_txn_begin(doc));
  must(yata_text_delete(doc, text, index, removed));
  must(yata_text_insert(doc, text, index, added, strlen(added)));
  must(yata_txn_commit(doc, NULL));
}

static void set(yata_doc *doc, yata_type map, const char *key, double number) {
  yata_any value = yata_any_number(number);
  must(yata_map_set(doc, map, key, strlen(key), &value));
}

int main(void) {
  yata_options one = {.client_id = 1}, two = {.client_id = 2};
  yata_doc *doc, *peer;
  yata_type text, theirs, settings, editor;
  yata_buf update = YATA_BUF_INIT;
  struct mirror mirror = {{0}, 0};
  must(yata_doc_create(&one, &doc));
  must(yata_doc_create(&two, &peer));
  must(yata_text(doc, "text", &text));
  must(yata_text(peer, "text", &theirs));

  must(yata_observe(doc, text, on_text, &mirror, NULL));
  edit(doc, text, 0, 0, "naïve 😀 text");
  edit(doc, text, 9, 4, "prose");
  must(yata_encode_state_as_update(doc, NULL, 0, &update));
  must(yata_apply_update(peer, update.data, update.len, NULL));
  edit(peer, theirs, 0, 0, "> ");
  yata_buf_clear(&update);
  must(yata_encode_state_as_update(peer, NULL, 0, &update));
  must(yata_apply_update(doc, update.data, update.len, NULL));

  must(yata_map(doc, "settings", &settings));
  must(yata_observe_deep(doc, settings, on_settings, NULL, NULL));
  must(yata_txn_begin(doc));
  must(yata_map_set_type(doc, settings, "editor", 6, YATA_KIND_MAP, &editor));
  must(yata_txn_commit(doc, NULL));
  must(yata_txn_begin(doc));
  set(doc, editor, "tab", 2);
  set(doc, settings, "port", 8000);
  must(yata_txn_commit(doc, NULL));
  yata_buf_deinit(&update);
  yata_doc_destroy(doc);
  yata_doc_destroy(peer);
  return 0;
}
