#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace attache::trace {

/// Comments for packets, by their number in the file, from 1.
using PacketComments = std::map<std::uint64_t, std::vector<std::string>>;

/// Copies a pcapng file and adds comments to packets. All else stays byte for byte, also what is not known
/// here, in either byte order. Sans-I/O.
class Annotator {
 public:
  using Output = std::function<void(std::string_view bytes)>;

  Annotator(PacketComments comments, Output output)
      : comments_(std::move(comments)), output_(std::move(output)) {}

  /// The reason of a failure says where the file is no pcapng; what came before was given.
  base::Result<void> take(std::string_view bytes);
  /// The file is over: what is no whole block goes out as it is. The reason says that there was none.
  base::Result<void> finish();

  /// How many comments found no packet that takes one yet.
  [[nodiscard]] std::size_t left() const;

 private:
  base::Result<bool> take_block();
  [[nodiscard]] base::Reason fault() const;
  [[nodiscard]] std::uint32_t number_at(std::size_t at) const;
  [[nodiscard]] std::string number(std::uint32_t value, std::size_t size) const;
  [[nodiscard]] std::string with_comments(std::string_view block,
                                          const std::vector<std::string>& comments) const;

  PacketComments comments_;
  Output output_;
  std::string buffer_;
  std::uint64_t offset_ = 0;
  std::uint64_t packets_ = 0;
  bool is_big_endian_ = false;
};

}  // namespace attache::trace
