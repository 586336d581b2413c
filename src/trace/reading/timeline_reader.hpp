#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "client/secrets.hpp"
#include "trace/format/block_reader.hpp"
#include "trace/reading/conversations.hpp"
#include "trace/reading/timeline.hpp"

namespace attache::trace {

/// Makes a timeline of the bytes of a pcapng file, of Attaché or of others, as they come. Sans-I/O; memory is
/// bounded whatever comes.
class TimelineReader {
 public:
  using Sink = std::function<void(const TimelineEntry& entry)>;

  /// `with_names`: numbers in lines have their names behind them.
  explicit TimelineReader(Sink sink, bool with_names = true);

  /// The reason of a failure names the place in the file; what came before was given. After it nothing is
  /// read.
  base::Result<void> take(std::string_view bytes);
  /// The file is over. True if its last block is not whole: the writer was killed, or still writes.
  [[nodiscard]] bool finish();

  /// The time of the first packet; of a file without one, nothing.
  [[nodiscard]] std::optional<base::WallTime> began() const { return began_; }

 private:
  /// What is known of an interface, and of the AT line on it.
  struct Interface {
    std::uint16_t link_type = 0;
    std::string name;
    std::optional<int> context{};
    client::SecretMask mask{};
    bool is_read = false;  ///< The last command reads something.
  };

  void take_block(Block block);
  void take_interface(const block::Interface& described);
  void take_packet(block::Packet packet);
  void take_names(const block::Names& names);
  void take_pdu(const PacketPlace& place, Interface& interface, std::string_view packet, bool has_comments);
  void take_line(const PacketPlace& place, Interface& interface, bool is_sent, std::string_view bytes);
  void tell(const PacketPlace& place, Layer layer, TimelineEntry::Way way, std::string text);

  Sink sink_;
  bool with_names_;
  BlockReader blocks_;
  Conversations conversations_;
  std::vector<Interface> interfaces_;
  std::uint64_t packets_ = 0;
  std::optional<base::WallTime> began_;
};

}  // namespace attache::trace
