#pragma once

// windows.h with what nobody here uses left out: the min and max macros, and the half of it that
// is seldom wanted. For files whose name ends in _win32.cc; nothing elsewhere.

#ifdef _WIN32
#ifndef NOMINMAX
#define NOMINMAX
#endif
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>
#endif
