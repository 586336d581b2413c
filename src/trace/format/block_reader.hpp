#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "trace/format/blocks.hpp"

namespace attache::trace {

/// Takes the bytes of a pcapng file, cut anywhere, and gives its blocks. Sans-I/O; of either byte order, of
/// several sections, with any resolution of time. Every byte is taken as hostile: nothing outside of a block
/// is read, and a block takes no more memory than its bytes and some for each option.
///
/// Options, and name records, that are not kept in `Block` are left out.
class BlockReader {
 public:
  /// Bytes behind those before; passed over after a fault. What next() has not taken is kept: take all blocks
  /// between two calls.
  void feed(std::string_view bytes);

  /// The next block; nothing: more bytes are needed. The reason of a failure names the place in the file and
  /// what is wrong there; the reader stays at this fault for good.
  [[nodiscard]] base::Result<std::optional<Block>> next();

  /// Bytes at the end that are no whole block (yet): those of a file that was cut while it was written.
  [[nodiscard]] std::size_t unread() const { return buffer_.size() - begin_; }
  /// Where the next block begins, from the start of the file.
  [[nodiscard]] std::uint64_t offset() const { return offset_; }

 private:
  struct InterfaceClock {
    std::uint16_t link_type = 0;
    std::uint32_t snap_length = 0;
    std::uint8_t resolution = 6;  ///< if_tsresol
    std::int64_t seconds = 0;     ///< if_tsoffset
  };

  [[nodiscard]] base::Result<std::optional<Block>> read_block();
  [[nodiscard]] base::Result<Block> parse(std::uint32_t type, std::string_view body);
  [[nodiscard]] base::Result<Block> parse_section(std::string_view body);
  [[nodiscard]] base::Result<Block> parse_interface(std::string_view body);
  [[nodiscard]] base::Result<Block> parse_packet(std::string_view body, bool obsolete);
  [[nodiscard]] base::Result<Block> parse_simple_packet(std::string_view body);
  [[nodiscard]] base::Result<Block> parse_names(std::string_view body);
  [[nodiscard]] base::Result<Block> parse_secrets(std::string_view body);
  [[nodiscard]] base::Result<Block> parse_statistics(std::string_view body);
  [[nodiscard]] base::Result<Block> parse_custom(std::string_view body, bool may_be_copied);
  [[nodiscard]] base::WallTime time_of(std::uint64_t units, const InterfaceClock& clock) const;
  [[nodiscard]] base::Reason fault(std::string why) const;

  std::string buffer_;
  std::size_t begin_ = 0;
  std::uint64_t offset_ = 0;
  bool in_section_ = false;
  bool big_endian_ = false;
  std::vector<InterfaceClock> interfaces_;
  std::optional<base::Reason> failed_;
};

}  // namespace attache::trace
