#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/reason.hpp"
#include "cassette/cassette.hpp"

namespace attache::cassette {

/// Stands in for the modem of a cassette: waits for what its host says and answers as the modem did. What a
/// host says otherwise, or beyond its end, is new, and ends it. No I/O; time is told.
///
/// Bytes may come in other pieces than they were recorded in. What a placeholder without a value stands for
/// is not compared: it goes up to the byte that follows it on the cassette.
class Player {
 public:
  struct Options {
    client::Values values{};   ///< What placeholders stand for.
    bool keeps_times = false;  ///< The modem takes as long as it took; else it answers at once.
  };

  /// The cassette must outlive it. Playing begins now.
  Player(const Cassette& cassette, Options options, base::Time now);

  /// Bytes of the host.
  void hear(std::string_view bytes, base::Time now);
  /// What is due: bytes of the modem, or a change of its lines. Nothing if it is not yet, or never will be.
  std::optional<Entry> take(base::Time now);
  /// The bytes of an entry with placeholders filled in; those without a value are `*`.
  [[nodiscard]] std::string bytes_of(const Entry& entry) const;
  /// When there is something to take, or a host has said enough of what is new; nothing while the host has
  /// the word.
  [[nodiscard]] std::optional<base::Time> deadline() const;
  /// Time has passed.
  void pass_time(base::Time now);

  /// What was new, once that is sure.
  [[nodiscard]] const std::optional<base::Reason>& fault() const { return fault_; }
  /// All of the cassette was played.
  [[nodiscard]] bool is_at_end() const { return next_ >= cassette_.entries.size(); }
  /// How many entries of the host were not asked for yet.
  [[nodiscard]] std::size_t host_entries_left() const;

 private:
  void go_on(base::Time now);
  bool match(base::Time now);
  void find_strange(base::Time now);
  void make_fault();
  [[nodiscard]] bool has_host_entry() const;
  [[nodiscard]] std::string_view strange_line() const;
  [[nodiscard]] std::optional<std::size_t> place_elsewhere(std::string_view said) const;
  void pass_to(std::size_t entry, base::Time now);

  const Cassette& cassette_;
  Options options_;
  std::size_t next_ = 0;                     ///< The entry that is awaited or due.
  base::Time moved_{};                       ///< When the entry before it was passed.
  std::string heard_;                        ///< Of the host, and not matched yet.
  std::optional<base::Time> strange_since_;  ///< When it was found that heard_ is new.
  std::optional<base::Reason> fault_;
};

}  // namespace attache::cassette
