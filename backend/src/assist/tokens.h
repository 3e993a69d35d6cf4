/* SPDX-License-Identifier: MIT */
#ifndef YOKE_ASSIST_TOKENS_H
#define YOKE_ASSIST_TOKENS_H

/*
 * A tolerant lexer: it cuts any text into words, numbers, strings, comments and
 * punctuation, and takes a string that is not closed on its line as ending there.
 */
#include "assist/lex.h"

/** Begin to read @text, which is valid UTF-8 and outlives the lexer. */
void tokens_init(struct lex *lex, const struct lang *lang, const char *text, size_t len);

/**
 * Read the next token; TOKEN_END from the end on. The token returned is lex->now;
 * lex->last and lex->before hold those before it until the next call.
 */
const struct token *tokens_next(struct lex *lex);

#endif
