#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "client/secrets.hpp"

namespace attache::trace {

/// Cuts what goes over one AT port in one direction into the packets of a capture: a line with its end each,
/// or in data mode what came at once; secrets are masked. A piece that has no line end yet is given when the
/// other side speaks, or when nothing follows.
class LineCapture {
 public:
  struct Piece {
    base::WallTime time;  ///< Of its first byte.
    std::string bytes;    ///< As many as there were, secrets masked.
    bool is_data = false;
  };
  using Entry = std::function<void(Piece piece)>;

  LineCapture(bool from_host, Entry entry) : from_host_(from_host), entry_(std::move(entry)) {}

  void hear(std::string_view bytes, bool data_mode, base::WallTime now);
  /// Gives what has no line end yet.
  void flush();
  [[nodiscard]] bool is_waiting() const { return !part_.empty(); }

 private:
  void give(std::string bytes, bool is_data);

  bool from_host_;
  Entry entry_;
  client::SecretMask mask_;
  std::string part_;
  base::WallTime began_{};
};

}  // namespace attache::trace
