/* SPDX-License-Identifier: MIT */
#include "assist/scope.h"

/* @last is the token before the word at the cursor, @before the one before that. */
static void find_place(struct scope *scope, const struct token *last, const struct token *before) {
  const char *code = scope->code;
  size_t len = last->end - last->name;
  switch (last->kind) {
  case TOKEN_DOT:
    scope->place = SCOPE_MEMBER;
    if (before->kind == TOKEN_WORD) {
      scope->receiver.text = code + before->name;
      scope->receiver.len = before->end - before->name;
    }
    return;
  case TOKEN_DIRECTIVE: scope->place = SCOPE_DIRECTIVE; return;
  case TOKEN_WORD:
    if (before->kind == TOKEN_DOT) return;
    scope->decl = lang_decl_of(scope->lang, code + last->name, len);
    scope->imports = lang_role_of(scope->lang, code + last->name, len) == ROLE_MODULE;
    if (scope->decl != NULL) scope->place = SCOPE_NAME;
    return;
  default: return;
  }
}

static bool only_blanks_follow(const char *code, size_t len, size_t pos) {
  while (pos < len && (code[pos] == ' ' || code[pos] == '\t')) pos++;
  return pos == len || lex_is_newline((unsigned char)code[pos]);
}

/* The token in which the cursor stands, or the one after it. */
static void enter(struct scope *scope, const struct token *token) {
  const char *code = scope->code;
  size_t len = scope->len;
  bool touches = token->start < scope->cursor;
  scope->line_ends = only_blanks_follow(code, len, scope->cursor);
  if (!touches) return;
  if (token->kind == TOKEN_STRING || token->kind == TOKEN_COMMENT || token->kind == TOKEN_NUMBER) {
    scope->place = SCOPE_QUIET;
  } else if (token->kind == TOKEN_WORD && token->name < scope->cursor) {
    scope->typed.text = code + token->name;
    scope->typed.len = scope->cursor - token->name;
    scope->line_ends = only_blanks_follow(code, len, token->end);
  }
}

/* Whether the cursor stands in a token or before it. */
static bool is_reached(const struct token *token, size_t cursor) {
  bool holds_end = token->open || token->kind == TOKEN_WORD;
  return token->kind == TOKEN_END || cursor < token->end || (cursor == token->end && holds_end) ||
         cursor <= token->start;
}

void scope_init(struct scope *scope, const struct lang *lang, const char *code, size_t len, size_t cursor) {
  *scope = (struct scope){.lang = lang, .code = code, .len = len, .cursor = cursor, .place = SCOPE_CODE};
  scope->typed.text = code + cursor;
  scope->receiver.text = code + cursor;
}

bool scope_reach(struct scope *scope, const struct lex *lex) {
  if (scope->settled || !is_reached(lex->now, scope->cursor)) return false;
  scope->settled = true;
  find_place(scope, lex->last, lex->before);
  enter(scope, lex->now);
  return true;
}
