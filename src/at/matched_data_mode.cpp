#include "at/matched_data_mode.hpp"

#include <utility>

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
  if (byte != policy().terminator[matched_]) {
    give_up_beginning();
  }
  if (byte == policy().terminator[matched_]) {
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

// Simpler than above: a byte that does not go on with the terminator does not begin it either.
void MatchedDataMode::drop_byte(char byte) {
  if (byte == policy().terminator[matched_]) {
    match();
  } else {
    matched_ = 0;
  }
}

void MatchedDataMode::match() {
  ++matched_;
  if (matched_ == policy().terminator.size()) {
    matched_ = 0;
    terminated_ = true;
  }
}

void MatchedDataMode::give_up_beginning() {
  take_data(std::string_view(policy().terminator).substr(0, std::exchange(matched_, 0)));
}

}  // namespace attache::at
