#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "client/secrets.hpp"

namespace attache::client {

/// Who speaks.
enum class Speaker { host, device };

/// Writes what one side of a line says as directives of a script (docs/transcript.md): whole lines as
/// `> TEXT` or `< TEXT`, other bytes as `>> TEXT` or `<< TEXT` with escapes, secrets masked, and of much only
/// the beginning, with a remark that counts the rest. No I/O; time is told.
///
/// Shown are 4096 bytes of a line, 1 KiB in a second of data mode, and 64 KiB that a device says in command
/// mode without a pause.
class DirectionWriter {
 public:
  /// Gets a directive or a remark without its line end, and when its first byte came.
  using Entry = std::function<void(base::WallTime when, std::string_view text)>;

  DirectionWriter(Speaker speaker, Entry entry);

  /// The next bytes. In data mode they are no commands.
  void hear(std::string_view bytes, bool data_mode, base::Time now, base::WallTime wall);
  /// Writes what has come and has no line end yet: the other side speaks.
  void flush();
  /// The other side has said something: what comes is a new answer.
  void begin_answer();
  /// How long after the last byte pass_time() is to be called; zero if there is nothing to write.
  [[nodiscard]] base::Duration patience() const;
  /// Nothing has followed until now.
  void pass_time(base::Time now);
  /// Nothing will follow.
  void finish();

 private:
  void begin_burst(bool data_mode, base::Time now);
  void add(char byte);
  void end_line();
  void cut_line();
  void leave_out(std::string_view bytes);
  void show_line(std::string_view text);
  void show(std::string_view text);
  void count_left_out(std::size_t count, base::WallTime since);
  void tell_left_out();
  [[nodiscard]] std::string masked_line();
  [[nodiscard]] bool has_part() const;
  [[nodiscard]] std::size_t limit() const;

  Speaker speaker_;
  Entry entry_;
  SecretMask mask_;            ///< As it was at the beginning of the line.
  std::string line_;           ///< The line so far, with the part that has been written already.
  std::size_t written_ = 0;    ///< How much of it.
  bool rest_is_left_ = false;  ///< The line's beginning was not shown, so its rest is not either.
  bool data_mode_ = false;
  base::Time burst_began_{};
  base::Time last_byte_{};
  std::size_t shown_ = 0;        ///< Bytes of this burst.
  std::uint64_t left_out_ = 0;   ///< Bytes not shown since the last remark.
  base::WallTime now_{};         ///< Of the bytes at hand.
  base::WallTime began_{};       ///< When the first byte that is not written came.
  base::WallTime left_since_{};  ///< When the first byte that is left out came.
};

}  // namespace attache::client
