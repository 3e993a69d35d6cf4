/* SPDX-License-Identifier: MIT */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

struct assist_list fixture_ask(const char *language, const char *marked) {
  size_t len = strlen(marked) - 1;
  const char *bar = strchr(marked, '|');
  assert_non_null(bar);
  size_t before = (size_t)(bar - marked);
  /* Exactly as long as the code, so that a sanitizer sees any byte read past it. */
  char *code = malloc(len > 0 ? len : 1);
  assert_non_null(code);
  memcpy(code, marked, before);
  memcpy(code + before, bar + 1, len - before);
  struct assist_request request = {
      .code = code,
      .code_len = len,
      .cursor_utf16 = utf8_utf16_len((const uint8_t *)marked, before),
      .language = language,
  };
  struct assist engine = engine_assist();
  struct assist_list list = {0};
  assert_int_equal(engine.suggest(engine.self, &request, &list), 0);
  free(code);
  return list;
}

const struct assist_suggestion *fixture_find(const struct assist_list *list, const char *label) {
  for (size_t i = 0; i < list->count; i++) {
    if (strcmp(list->items[i].label, label) == 0) return &list->items[i];
  }
  return NULL;
}

size_t fixture_index(const struct assist_list *list, const char *label) {
  const struct assist_suggestion *item = fixture_find(list, label);
  if (item == NULL) fail_msg("%s is not suggested", label);
  return (size_t)(item - list->items);
}

void fixture_expect(const char *language, const char *marked, const char *label) {
  struct assist_list list = fixture_ask(language, marked);
  if (fixture_find(&list, label) == NULL) fail_msg("%s: %s is not suggested in\n%s", language, label, marked);
  assist_list_clear(&list);
}

void fixture_expect_kind(const char *language, const char *marked, const char *label, enum assist_kind kind) {
  struct assist_list list = fixture_ask(language, marked);
  const struct assist_suggestion *item = fixture_find(&list, label);
  if (item == NULL)
    fail_msg("%s: %s is not suggested in\n%s", language, label, marked);
  else if (item->kind != kind)
    fail_msg("%s: %s is a %s in\n%s", language, label, assist_kind_text(item->kind), marked);
  assist_list_clear(&list);
}

void fixture_expect_no(const char *language, const char *marked, const char *label) {
  struct assist_list list = fixture_ask(language, marked);
  if (fixture_find(&list, label) != NULL) fail_msg("%s: %s is suggested in\n%s", language, label, marked);
  assist_list_clear(&list);
}

void fixture_expect_first(const char *language, const char *marked, const char *label) {
  struct assist_list list = fixture_ask(language, marked);
  if (list.count == 0 || strcmp(list.items[0].label, label) != 0)
    fail_msg("%s: %s comes first, not %s, in\n%s", language, list.count > 0 ? list.items[0].label : "nothing", label,
             marked);
  assist_list_clear(&list);
}

void fixture_expect_quiet(const char *language, const char *marked) {
  struct assist_list list = fixture_ask(language, marked);
  if (list.count > 0) fail_msg("%s: %s is suggested in\n%s", language, list.items[0].label, marked);
  assert_null(list.items);
  assist_list_clear(&list);
}
