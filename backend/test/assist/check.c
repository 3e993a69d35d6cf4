/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <stdbool.h>
#include <string.h>

#include "assist/engine.h"
#include "base/utf8.h"

static bool is_text(const char *text) {
  return text != NULL && text[0] != '\0' && utf8_valid((const uint8_t *)text, strlen(text));
}

static const char *check_list(const struct assist_list *list, const struct assist_request *request) {
  size_t units = utf8_utf16_len((const uint8_t *)request->code, request->code_len);
  if (list->count > ASSIST_SUGGESTIONS_MAX) return "more suggestions than the limit";
  if ((list->count == 0) != (list->items == NULL)) return "items without a count";
  if (list->replace_from_utf16 > list->replace_to_utf16 || list->replace_to_utf16 > units ||
      list->replace_to_utf16 > request->cursor_utf16)
    return "a range outside the code";
  for (size_t i = 0; i < list->count; i++) {
    const struct assist_suggestion *item = &list->items[i];
    if (!is_text(item->label) || !is_text(item->insert_text) || !is_text(item->detail))
      return "an empty text or one that is not UTF-8";
    if (item->kind != ASSIST_SNIPPET && strcmp(item->label, item->insert_text) != 0)
      return "a name that inserts something else";
    for (size_t j = 0; j < i; j++) {
      if (item->kind != ASSIST_SNIPPET && list->items[j].kind != ASSIST_SNIPPET &&
          strcmp(item->label, list->items[j].label) == 0)
        return "a name suggested twice";
    }
  }
  return NULL;
}

const char *check_question(const struct assist_request *request) {
  struct assist engine = engine_assist();
  struct assist_list list = {0};
  int err = engine.suggest(engine.self, request, &list);
  bool valid = utf8_valid((const uint8_t *)request->code, request->code_len);
  if (err == ERR_MALFORMED) return valid ? "good UTF-8 refused" : NULL;
  if (err != 0) return "an unexpected error";
  const char *broken = valid ? check_list(&list, request) : "bad UTF-8 accepted";
  assist_list_clear(&list);
  return broken;
}
