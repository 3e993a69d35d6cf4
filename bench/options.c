/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#define CONNECTIONS_MAX 20000
#define SECONDS_MAX 600

static const char usage[] =
    "usage: load [options] -- COMMAND [ARGUMENT ...]\n"
    "\n"
    "Starts a y-protocol server, lets the members of some rooms type, and prints what it took as JSON.\n"
    "`{port}` and `{dir}` in the command are replaced; HOST and PORT are in its environment.\n"
    "\n"
    "  --kind yoke|peer   yoke: rooms are made over REST and `saved` is asked for (default yoke)\n"
    "  --rooms N          (default 1)\n"
    "  --members N        of each room (default 10)\n"
    "  --seconds S        of typing (default 5); 0: connect and measure memory alone\n"
    "  --warmup S         of typing before (default 1)\n"
    "  --rate X           edits a second of each member (default 0: flat out)\n"
    "  --window N         flat out: edits of one member under way at once (default 2)\n"
    "  --edits N          stop after so many (default 10000000)\n";

static bool number(const char *name, const char *text, double least, double most, double *out) {
  char *end = NULL;
  *out = strtod(text, &end);
  if (end != text && *end == '\0' && *out >= least && *out <= most) return true;
  fprintf(stderr, "load: --%s takes a number from %.0f to %.0f, not \"%s\"\n", name, least, most, text);
  return false;
}

static bool is_kind(const char *text, bool *yoke) {
  *yoke = text[0] == 'y';
  if (text[0] == 'y' || text[0] == 'p') return true;
  fprintf(stderr, "load: --kind takes yoke or peer, not \"%s\"\n", text);
  return false;
}

static bool take(struct options *o, const char *name, int what, const char *text) {
  double n = 0;
  bool good = false;
  switch (what) {
  case 'k': return is_kind(text, &o->yoke);
  case 'r': good = number(name, text, 1, CONNECTIONS_MAX, &n), o->rooms = (unsigned)n; break;
  case 'm': good = number(name, text, 1, CONNECTIONS_MAX, &n), o->members = (unsigned)n; break;
  case 's': good = number(name, text, 0, SECONDS_MAX, &o->seconds); break;
  case 'u': good = number(name, text, 0, SECONDS_MAX, &o->warmup); break;
  case 't': good = number(name, text, 0, 1000, &o->rate); break;
  case 'w': good = number(name, text, 1, 1000, &n), o->window = (unsigned)n; break;
  case 'e': good = number(name, text, 1, 1e9, &n), o->edits = (uint64_t)n; break;
  default: break;
  }
  return good;
}

bool options_parse(int argc, char **argv, struct options *out, int *status) {
  static const struct option names[] = {{"kind", 1, NULL, 'k'},    {"rooms", 1, NULL, 'r'},  {"members", 1, NULL, 'm'},
                                        {"seconds", 1, NULL, 's'}, {"warmup", 1, NULL, 'u'}, {"rate", 1, NULL, 't'},
                                        {"window", 1, NULL, 'w'},  {"edits", 1, NULL, 'e'},  {"help", 0, NULL, 'h'},
                                        {NULL, 0, NULL, 0}};
  *out = (struct options){
      .yoke = true, .rooms = 1, .members = 10, .seconds = 5, .warmup = 1, .window = 2, .edits = 10000000};
  *status = 2;
  int at = 0;
  for (int what; (what = getopt_long(argc, argv, "+h", names, &at)) != -1;) {
    if (what == 'h') {
      fputs(usage, stdout);
      *status = 0;
      return false;
    }
    if (what == '?' || !take(out, names[at].name, what, optarg)) return false;
  }
  out->command = argv + optind;
  if (optind < argc && (uint64_t)out->rooms * out->members <= CONNECTIONS_MAX) return true;
  fputs(optind < argc ? "load: more than 20000 members in all\n" : usage, stderr);
  return false;
}
