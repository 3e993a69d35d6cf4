/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <strings.h>

#include "room/state.h"

static const struct {
  const char *language, *path;
} starters[] = {
    {"python", "main.py"},     {"javascript", "main.js"}, {"typescript", "main.ts"}, {"c", "main.c"},
    {"cpp", "main.cpp"},       {"go", "main.go"},         {"rust", "main.rs"},       {"java", "Main.java"},
    {"html", "index.html"},    {"css", "style.css"},      {"markdown", "README.md"}, {"json", "data.json"},
    {"yaml", "config.yaml"},   {"xml", "data.xml"},       {"sql", "query.sql"},      {"shell", "main.sh"},
    {"ruby", "main.rb"},       {"php", "main.php"},       {"csharp", "Main.cs"},     {"kotlin", "Main.kt"},
    {"swift", "main.swift"},   {"lua", "main.lua"},       {"r", "main.r"},           {"scala", "Main.scala"},
    {"plaintext", "main.txt"},
};

const char *starter_path(const char *language, bool *known) {
  for (size_t i = 0; i < sizeof starters / sizeof *starters; i++) {
    if (strcasecmp(starters[i].language, language) != 0) continue;
    *known = true;
    return starters[i].path;
  }
  *known = false;
  return "main.txt";
}
