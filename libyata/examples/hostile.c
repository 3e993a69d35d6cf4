/* SPDX-License-Identifier: MIT */
/* Bytes from strangers, memory that runs out: a document bears both. */
#include "must.h"

/* [allocator] */
/* All memory of a document comes from here: count it, and give no more than there is. */
struct budget {
  size_t used, most;
};

static void *resize(void *user, void *ptr, size_t old_size, size_t new_size) {
  struct budget *b = user;
  if (new_size > old_size && new_size - old_size > b->most - b->used) return NULL;
  void *p = NULL;
  if (new_size == 0)
    free(ptr);
  else if ((p = realloc(ptr, new_size)) == NULL)
    return NULL;
  b->used += new_size - old_size;
  return p;
}
/* [end] */

/* [receive] */
/* Take an update from the network: all of it, or nothing. */
static void receive(yata_doc *doc, const uint8_t *bytes, size_t len) {
  yata_applied applied;
  size_t offset;
  int err = yata_apply_update(doc, bytes, len, &applied);
  if (err == YATA_ERR_MALFORMED)
    printf("malformed at byte %zu: expected %s\n", applied.error_offset, yata_update_explain(bytes, len, &offset));
  else if (err < 0)
    printf("refused: %s\n", yata_strerror(err)); /* a limit, or no memory: the document is as before */
  else if (applied.pending)
    printf("taken, and waits for updates before it\n");
  else
    printf("taken\n");
}
/* [end] */

static void insert(yata_doc *doc, yata_type text, uint32_t index, const char *s, yata_buf *update) {
  must(yata_txn_begin(doc));
  must(yata_text_insert(doc, text, index, s, strlen(s)));
  must(yata_txn_commit(doc, update));
}

/* Fill a document until its budget ends; it goes on with what it has. */
static void fill(yata_doc *doc, yata_type text, const struct budget *budget) {
  char page[4096];
  int err = 0;
  memset(page, 'x', sizeof(page));
  while (err == 0) {
    must(yata_txn_begin(doc));
    err = yata_text_insert(doc, text, 0, page, sizeof(page));
    if (err == 0) err = yata_txn_commit(doc, NULL);
  }
  yata_txn_abort(doc);
  printf("%s, within the budget: %s, sound: %s\n", yata_strerror(err), budget->used <= budget->most ? "yes" : "no",
         yata_doc_check(doc) == 0 ? "yes" : "no");
}

int main(void) {
  struct budget budget = {0, 100000};
  yata_allocator allocator = {resize, &budget};
  yata_options friendly = {.client_id = 1};
  yata_options careful = {.client_id = 2, .alloc = &allocator, .max_pending_bytes = 1000};
  yata_doc *sender, *doc;
  yata_type text, copy;
  yata_buf first = YATA_BUF_INIT, second = YATA_BUF_INIT;
  must(yata_doc_create(&friendly, &sender));
  must(yata_doc_create(&careful, &doc));
  must(yata_text(sender, "text", &text));
  must(yata_text(doc, "text", &copy));
  insert(sender, text, 0, "hello", &first);
  insert(sender, text, 5, " world", &second);

  receive(doc, first.data, first.len - 3);
  receive(doc, second.data, second.len);
  receive(doc, first.data, first.len);
  print_text("text", doc, copy);
  fill(doc, copy, &budget);

  yata_buf_deinit(&first);
  yata_buf_deinit(&second);
  yata_doc_destroy(sender);
  yata_doc_destroy(doc);
  printf("bytes left behind: %zu\n", budget.used);
  return 0;
}
