/* SPDX-License-Identifier: MIT */
#include "assist/engine.h"

#include "assist/harvest.h"
#include "assist/names.h"
#include "assist/pick.h"
#include "assist/rank.h"
#include "assist/scope.h"
#include "base/utf8.h"

#define BYTES_PER_NAME 16 /* of common code, for the first size of the table */

static int gather(struct picks *picks, struct scope *scope) {
  struct names names;
  int err = names_init(&names, scope->len / BYTES_PER_NAME);
  if (err != 0) return err;
  err = harvest_words(&names, scope->lang);
  if (err == 0) err = harvest_code(&names, scope);
  if (err == 0 && scope->place == SCOPE_MEMBER) err = harvest_members(&names, scope);
  if (err == 0 && scope->place != SCOPE_QUIET) {
    rank_snippets(picks, scope);
    rank_names(picks, scope, &names);
    picks_sort(picks);
  }
  names_deinit(&names);
  return err;
}

/* The picks borrow from the code and from tables, not from the names. */
static int answer(struct scope *scope, struct assist_list *out) {
  struct picks picks;
  picks.count = 0;
  int err = gather(&picks, scope);
  if (err != 0) return err;
  struct assist_list list;
  err = picks_give_list(&picks, &list);
  if (err != 0) return err;
  list.language = scope->lang->name;
  list.replace_to_utf16 = utf8_utf16_len((const uint8_t *)scope->code, scope->cursor);
  list.replace_from_utf16 =
      list.replace_to_utf16 - utf8_utf16_len((const uint8_t *)scope->typed.text, scope->typed.len);
  *out = list;
  return 0;
}

static int suggest(void *self, const struct assist_request *request, struct assist_list *out) {
  (void)self;
  const char *code = request->code_len > 0 ? request->code : "";
  const uint8_t *bytes = (const uint8_t *)code;
  size_t len = request->code_len;
  if (len > ASSIST_CODE_MAX_BYTES) return ERR_TOO_LARGE;
  if (!utf8_valid(bytes, len)) return ERR_MALFORMED;
  struct scope scope;
  scope_init(&scope, lang_find(request->language), code, len, utf8_offset_of_utf16(bytes, len, request->cursor_utf16));
  return answer(&scope, out);
}

struct assist engine_assist(void) {
  return (struct assist){.self = NULL, .suggest = suggest};
}
