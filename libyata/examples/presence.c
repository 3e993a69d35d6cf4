/* SPDX-License-Identifier: MIT */
/* Who is here: the states of awareness go from one side to the other, and expire. */
#include "must.h"

static void print_who(const char *label, const yata_awareness *who) {
  uint32_t cursor = 0;
  uint64_t client;
  yata_slice json;
  printf("%s:", label);
  while (yata_awareness_next(who, &cursor, &client, &json) == 0)
    printf(" %u %.*s", (unsigned)client, (int)json.len, (const char *)json.data);
  printf("\n");
}

int main(void) {
  /* [awareness] */
  yata_awareness_options one = {.client_id = 1}, two = {.client_id = 2};
  yata_awareness *ann, *bob;
  yata_awareness_changes changes;
  yata_buf update = YATA_BUF_INIT;
  must(yata_awareness_create(&one, &ann));
  must(yata_awareness_create(&two, &bob));
  must(yata_awareness_set(bob, "{\"name\":\"Bob\"}", 14, 0, NULL)); /* any JSON, at time 0 ms */
  must(yata_awareness_set(ann, "{\"name\":\"Ann\"}", 14, 0, NULL));
  must(yata_awareness_encode(ann, NULL, 0, &update)); /* all that Ann knows */
  must(yata_awareness_apply(bob, update.data, update.len, 0, &changes));
  printf("new to Bob: %zu\n", changes.added.len);
  print_who("Bob sees", bob);

  must(yata_awareness_tick(bob, 31000, &changes)); /* every few seconds; Ann was silent for 30 s */
  printf("gone: %zu, to be told again: %zu\n", changes.removed.len, changes.updated.len);
  print_who("Bob sees", bob);
  /* [end] */
  yata_buf_deinit(&update);
  yata_awareness_destroy(ann);
  yata_awareness_destroy(bob);
  return 0;
}
