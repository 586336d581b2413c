#pragma once

#include "dialects/dialect.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::dialects::toy {

/// A dialect that is as unlike SLM as the host allows: lines end in CR and begin with AT, echo is on, its
/// lines have a frame of their own, URCs wait until the line is idle and go to one channel, data mode ends by
/// a terminator anywhere or after so many bytes, and it reads DTR.
const Dialect& dialect();

/// Its words.
const vocabulary::Vocabulary& words();

}  // namespace attache::dialects::toy
