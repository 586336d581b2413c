#include "trace/reading/annotator.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "trace/format/block_types.hpp"

namespace attache::trace {

namespace {

constexpr std::size_t head_of_packet = 28;  // Type, length and the five numbers before the data.
constexpr std::size_t longest_comment = 60000;

std::size_t padded(std::size_t size) {
  return (size + 3) / 4 * 4;
}

}  // namespace

std::uint32_t Annotator::number_at(std::size_t at) const {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    auto byte = static_cast<unsigned char>(buffer_[at + (is_big_endian_ ? i : 3 - i)]);
    value = value << 8U | byte;
  }
  return value;
}

std::string Annotator::number(std::uint32_t value, std::size_t size) const {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) {
    std::size_t place = is_big_endian_ ? size - 1 - i : i;
    bytes += static_cast<char>(value >> (8 * place) & 0xFFU);
  }
  return bytes;
}

base::Result<void> Annotator::take(std::string_view bytes) {
  buffer_ += bytes;
  while (true) {
    auto taken = take_block();
    if (!taken) {
      return taken.error();
    }
    if (!*taken) {
      return {};
    }
  }
}

// False: more bytes are needed.
base::Result<bool> Annotator::take_block() {
  if (buffer_.size() < block_overhead) {
    return false;
  }
  if (number_at(0) == block_type::section) {  // The same in either order.
    is_big_endian_ = true;
    is_big_endian_ = number_at(8) == byte_order_magic;
  }
  std::size_t size = number_at(4);
  if (size < block_overhead || size % 4 != 0 || size > largest_block ||
      (offset_ == 0 && number_at(0) != block_type::section)) {
    return fault();
  }
  if (buffer_.size() < size) {
    return false;
  }
  std::uint32_t type = number_at(0);
  bool is_packet =
      type == block_type::packet || type == block_type::simple_packet || type == block_type::obsolete_packet;
  packets_ += is_packet ? 1 : 0;
  auto comments = comments_.find(packets_);
  bool takes_comment = is_packet && type != block_type::simple_packet && comments != comments_.end() &&
                       size >= head_of_packet + 4;
  if (takes_comment) {
    output_(with_comments(std::string_view(buffer_).substr(0, size), comments->second));
    comments_.erase(comments);
  } else {
    output_(std::string_view(buffer_).substr(0, size));
  }
  buffer_.erase(0, size);
  offset_ += size;
  return true;
}

// Options stand behind the data; a block without any gets their end as well.
std::string Annotator::with_comments(std::string_view block, const std::vector<std::string>& comments) const {
  std::size_t captured = number_at(20);
  std::size_t end = block.size() - 4;
  std::size_t begin = head_of_packet + padded(std::min(captured, end));
  if (begin > end) {
    return std::string(block);
  }
  std::string options;
  for (const std::string& comment : comments) {
    std::string_view text = std::string_view(comment).substr(0, longest_comment);
    options += number(option_code::comment, 2) + number(static_cast<std::uint32_t>(text.size()), 2);
    options += text;
    options += std::string(padded(text.size()) - text.size(), '\0');
  }
  bool has_options = begin < end;
  options += has_options ? std::string() : std::string(4, '\0');
  std::string size = number(static_cast<std::uint32_t>(block.size() + options.size()), 4);
  std::string result(block.substr(0, 4));
  result += size;
  result += block.substr(8, begin - 8);
  result += options;
  result += block.substr(begin, end - begin);
  result += size;
  return result;
}

base::Result<void> Annotator::finish() {
  output_(buffer_);
  buffer_.clear();
  return offset_ > 0 ? base::Result<void>() : fault();
}

base::Reason Annotator::fault() const {
  return base::make_reason("the capture cannot be annotated",
                           fmt::format("at byte {} stands no block of a pcapng file", offset_));
}

std::size_t Annotator::left() const {
  return comments_.size();
}

}  // namespace attache::trace
