#include "at/matched_data_mode.hpp"

namespace attache::at {

std::size_t MatchedDataMode::receive(std::string_view bytes, base::Time now) {
  std::size_t taken = 0;
  while (taken < bytes.size() && wants_input()) {
    if (broken()) {
      drop_byte(bytes[taken]);
    } else {
      take_byte(bytes[taken]);
    }
    ++taken;
    note_byte(now);
  }
  return taken;
}

void MatchedDataMode::take_byte(char byte) {
  if (!goes_on_with_terminator(byte)) {
    give_up_beginning();
  }
  if (goes_on_with_terminator(byte)) {
    match();
  } else {
    take_data({&byte, 1});
  }
}

void MatchedDataMode::take_data(std::string_view bytes) {
  if (overflows() && bytes.size() > room()) {
    fail();
  } else if (!broken()) {
    collect(bytes);
  }
}

void MatchedDataMode::give_up_beginning() {
  take_data(std::string_view(policy().terminator).substr(0, take_matched()));
}

}  // namespace attache::at
