#include "serial/cmux/frame_reader.hpp"

namespace attache::serial::cmux {

namespace {

constexpr std::uint8_t ends_field = 0x01;  // EA.
constexpr std::uint8_t final_bit = 0x10;

}  // namespace

void FrameReader::feed(std::string_view octets) {
  input_.erase(0, at_);
  at_ = 0;
  input_ += octets;
}

// False if there is none.
bool FrameReader::find_flag() {
  std::size_t found = input_.find(flag, at_);
  if (found == std::string::npos) {
    skipped_ += input_.size() - at_;
    at_ = input_.size();
    return false;
  }
  skipped_ += found - at_;
  at_ = found;
  return true;
}

// The flag was none, or the one that closed a frame whose rest was lost.
Found FrameReader::refuse(FrameFault fault) {
  ++at_;
  return fault;
}

std::optional<Found> FrameReader::next() {
  if (!find_flag()) {
    return std::nullopt;
  }
  std::size_t size = input_.size() - at_;
  if (size < 2) {
    return std::nullopt;
  }
  if (input_[at_ + 1] == flag) {
    ++at_;
    return FurtherFlag{};
  }
  if ((octet(1) & ends_field) == 0) {
    return refuse(FrameFault::wrong_address);
  }
  if (size < 3) {
    return std::nullopt;
  }
  auto type = frame_type(octet(2));
  if (!type) {
    return refuse(FrameFault::unknown_type);
  }
  if (size < 4) {
    return std::nullopt;
  }
  std::size_t length = octet(3) >> 1U;
  std::size_t header = 4;
  if ((octet(3) & ends_field) == 0) {
    if (size < 5) {
      return std::nullopt;
    }
    length |= static_cast<std::size_t>(octet(4)) << 7U;
    header = 5;
  }
  if (length > largest_) {
    return refuse(FrameFault::too_long);
  }
  std::size_t whole = header + length + 2;  // FCS and the closing flag.
  if (size < whole) {
    return std::nullopt;
  }
  if (input_[at_ + whole - 1] != flag) {
    return refuse(FrameFault::no_closing_flag);
  }
  std::string_view octets = std::string_view(input_).substr(at_, whole);
  std::string_view checked = octets.substr(1, *type == FrameType::ui ? header + length - 1 : header - 1);
  std::uint8_t check = octet(header + length);
  Frame frame;
  frame.dlci = octet(1) >> 2U;
  frame.cr = (octet(1) & 2U) != 0;
  frame.type = *type;
  frame.poll_final = (octet(2) & final_bit) != 0;
  frame.information = octets.substr(header, length);
  if (check != check_sequence(checked)) {
    return refuse(
        FrameFault::wrong_check);  // Its end may be lost, and whole frames lie in what looks like it.
  }
  at_ += whole - 1;  // The closing flag may open the next one.
  return frame;
}

void FrameReader::give_up() {
  if (is_in_frame()) {
    ++at_;
  }
}

void FrameReader::clear() {
  input_.clear();
  at_ = 0;
}

}  // namespace attache::serial::cmux
