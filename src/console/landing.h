/* The page that a browser gets at the root of the endpoint: landing.html, embedded by the build. */
#ifndef CONSOLE_LANDING_H
#define CONSOLE_LANDING_H

extern const char console_landing[];

#endif
