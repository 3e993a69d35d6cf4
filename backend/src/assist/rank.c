/* SPDX-License-Identifier: MIT */
#include "assist/rank.h"

#include <string.h>

#include "assist/kind.h"
#include "assist/match.h"

/*
 * A better match always wins. Within one kind of match these count; what was
 * seen in the code adds up to SEEN_MAX for its uses and its nearness.
 */
#define MATCH_STEP 10000u
enum {
  POINTS_DECLARATION = 2000,
  POINTS_OF_RECEIVER = 1600,
  POINTS_BUILTIN_OF_RECEIVER = 1500,
  POINTS_AWAITED = 1000,
  POINTS_MEMBER = 900,
  POINTS_DECLARED_AS_MEMBER = 700,
  POINTS_NAME = 600,
  POINTS_KEYWORD = 580,
  POINTS_SNIPPET = 560,
  POINTS_BUILTIN = 540,
  POINTS_OTHER_SIDE = 100, /* a member where none is awaited, or the reverse */
};
#define PROSE_WORD_MIN_BYTES 2
#define USES_POINTS 20u /* for each doubling of the uses */
#define USES_DOUBLINGS 8u
#define NEAR_POINTS 12u /* for each halving of the distance */
#define NEAR_HALVINGS 20u

static unsigned log2_of(uint32_t value) {
  return value == 0 ? 0 : 31u - (unsigned)__builtin_clz(value);
}

static uint32_t seen_points(uint32_t uses, uint32_t nearest) {
  unsigned doublings = log2_of(uses);
  unsigned halvings = nearest == UINT32_MAX ? NEAR_HALVINGS : log2_of(nearest + 1);
  uint32_t points = USES_POINTS * (doublings < USES_DOUBLINGS ? doublings : USES_DOUBLINGS);
  return points + NEAR_POINTS * (halvings < NEAR_HALVINGS ? NEAR_HALVINGS - halvings : 0);
}

static uint32_t member_points(const struct scope *scope, const struct name *name) {
  if (name->receiver_uses > 0) return POINTS_OF_RECEIVER + seen_points(name->receiver_uses, name->nearest);
  if (name->flags & NAME_OF_RECEIVER) return POINTS_BUILTIN_OF_RECEIVER + seen_points(name->member_uses, name->nearest);
  if (name->member_uses > 0) return POINTS_MEMBER + seen_points(name->member_uses, name->nearest);
  if (name->role == ROLE_FUNCTION && (name->flags & NAME_DECLARED))
    return POINTS_DECLARED_AS_MEMBER + seen_points(name->uses, name->nearest);
  if (name->flags & NAME_BUILTIN_MEMBER) return POINTS_BUILTIN;
  bool own = !(name->flags & (NAME_KEYWORD | NAME_BUILTIN));
  bool fits = scope->typed.len > 0 || (scope->lang->flags & LANG_FIELDS);
  if (fits && own && name->uses > 0) return POINTS_OTHER_SIDE + seen_points(name->uses, name->nearest) / 2;
  return 0;
}

static bool is_offered(const struct scope *scope, const struct name *name) {
  return name->kind != ASSIST_MODULE || scope->imports || (scope->lang->flags & LANG_MODULES);
}

static uint32_t code_points(const struct scope *scope, const struct name *name) {
  if (name->flags & NAME_KEYWORD) return POINTS_KEYWORD;
  if ((scope->lang->flags & LANG_PROSE) && name->len < PROSE_WORD_MIN_BYTES) return 0;
  uint32_t points = 0;
  if (name->uses > 0)
    points = POINTS_NAME + seen_points(name->uses, name->nearest);
  else if ((name->flags & NAME_BUILTIN) && is_offered(scope, name))
    points = POINTS_BUILTIN;
  else if (name->member_uses > 0 && scope->typed.len > 0)
    points = POINTS_OTHER_SIDE + seen_points(name->member_uses, name->nearest) / 2;
  if (points > 0 && scope->imports && (name->flags & NAME_BUILTIN) && name->kind == ASSIST_MODULE)
    points += POINTS_AWAITED;
  return points;
}

/* At a new name: what the code calls already but nothing declares. */
static uint32_t new_name_points(const struct scope *scope, const struct name *name) {
  bool known = name->flags & (NAME_KEYWORD | NAME_BUILTIN | NAME_DECLARED);
  bool awaited = lang_role_of(scope->lang, scope->decl->keyword, strlen(scope->decl->keyword)) == ROLE_FUNCTION
                     ? (name->flags & NAME_CALLED) != 0
                     : kind_is_capitalised(name->text, name->len);
  return !known && awaited && name->uses > 0 ? POINTS_AWAITED : 0;
}

static uint32_t points_of(const struct scope *scope, const struct name *name) {
  switch (scope->place) {
  case SCOPE_MEMBER: return member_points(scope, name);
  case SCOPE_CODE: return code_points(scope, name);
  case SCOPE_NAME: return scope->decl->uses_too ? code_points(scope, name) : new_name_points(scope, name);
  default: return 0;
  }
}

static const char *detail_of(const struct scope *scope, const struct name *name) {
  if (scope->place == SCOPE_MEMBER) return name_is_builtin_member(name) ? "built-in" : "";
  if (name->flags & NAME_KEYWORD) return "keyword";
  return name->flags & NAME_BUILTIN ? "built-in" : "";
}

static uint32_t uses_of(const struct scope *scope, const struct name *name) {
  if (scope->place == SCOPE_MEMBER)
    return name->member_uses > 0 || name_is_builtin_member(name) ? name->member_uses : name->uses;
  if (name->flags & NAME_KEYWORD) return 0;
  return name->uses > 0 ? name->uses : name->member_uses;
}

void rank_names(struct picks *picks, const struct scope *scope, const struct names *names) {
  for (size_t i = 0; i < names->count; i++) {
    const struct name *name = &names->items[i];
    uint32_t points = points_of(scope, name);
    if (points == 0) continue;
    enum match match = match_name(scope->typed.text, scope->typed.len, name->text, name->len);
    uint32_t score = (uint32_t)match * MATCH_STEP + points;
    if (match == MATCH_NONE || !picks_want(picks, score)) continue;
    picks_add(picks, &(struct pick){
                         .score = score,
                         .nearest = name->nearest,
                         .label = name->text,
                         .label_len = (uint16_t)name->len,
                         .tail = "",
                         .uses = uses_of(scope, name),
                         .detail = detail_of(scope, name),
                         .kind = (uint8_t)kind_of(scope, name),
                     });
  }
}

static void add_declaration(struct picks *picks, const struct scope *scope) {
  if (scope->typed.len > ASSIST_NAME_MAX_BYTES) return;
  picks_add(picks, &(struct pick){
                       .score = MATCH_WHOLE * MATCH_STEP + POINTS_DECLARATION,
                       .label = scope->typed.text,
                       .label_len = (uint16_t)scope->typed.len,
                       .tail = scope->decl->label,
                       .body = scope->decl->body,
                       .declares = true,
                       .detail = scope->decl->detail,
                       .kind = ASSIST_SNIPPET,
                   });
}

static void add_snippets(struct picks *picks, const struct scope *scope, const struct lang_snippet *snippet) {
  bool directive = scope->place == SCOPE_DIRECTIVE;
  for (; snippet != NULL && snippet->label != NULL; snippet++) {
    if ((snippet->label[0] == '#') != directive) continue;
    const char *label = snippet->label + directive;
    size_t len = strlen(label);
    enum match match = match_name(scope->typed.text, scope->typed.len, label, len);
    if (match == MATCH_NONE) continue;
    picks_add(picks, &(struct pick){
                         .score = (uint32_t)match * MATCH_STEP + POINTS_SNIPPET,
                         .nearest = UINT32_MAX,
                         .label = label,
                         .label_len = (uint16_t)len,
                         .tail = "",
                         .body = snippet->body + directive,
                         .detail = snippet->detail,
                         .kind = ASSIST_SNIPPET,
                     });
  }
}

void rank_snippets(struct picks *picks, const struct scope *scope) {
  if (scope->place == SCOPE_NAME && scope->line_ends) add_declaration(picks, scope);
  if (scope->place != SCOPE_CODE && scope->place != SCOPE_DIRECTIVE) return;
  for (const struct lang *lang = scope->lang; lang != NULL; lang = lang->base)
    add_snippets(picks, scope, lang->snippets);
}
