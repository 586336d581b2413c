#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/modem_lines.hpp"
#include "cassette/cassette.hpp"
#include "cassette/secrets.hpp"
#include "client/secrets.hpp"

namespace attache::cassette {

/// Makes entries of what is said on a line, as it is said. A command and a line of the modem are one entry
/// each, a certificate in quotes too; bytes without a line end are one once the other side answers, or
/// nothing has followed for a while. No I/O; time is told.
class Recorder {
 public:
  using Output = std::function<void(Entry entry)>;

  /// `began`: the moment 0 of the cassette.
  Recorder(base::Time began, SecretNames names, Output output);

  /// Bytes, cut anywhere. `now` never goes back; what has been quiet for long enough is written first.
  void hear(Side side, std::string_view bytes, base::Time now);
  /// What has changed of the lines since they were told last; at first all are on but `ri`.
  void hear(const base::HostLines& lines, base::Time now);
  /// The same of the modem's lines; what waits is written before an entry of a line.
  void hear(const base::DeviceLines& lines, base::Time now);
  /// From now on the line has this rate, in bit/s.
  void hear_baud(std::uint32_t baud, base::Time now);

  /// When pass_time() is to be called; nothing if there is nothing to write.
  [[nodiscard]] std::optional<base::Time> deadline() const;
  /// Nothing has followed until now.
  void pass_time(base::Time now);
  /// Nothing will follow.
  void finish();

  /// The placeholders that stand for secrets, with what they stand for: for a file of secrets alone.
  [[nodiscard]] const SecretNames& names() const { return names_; }

 private:
  /// What one side has begun to say.
  struct Part {
    std::string line{};       ///< From the beginning of the command or line.
    std::size_t written = 0;  ///< How much of it stands in an entry already.
    base::Time began{};       ///< When the first byte came that stands in none.
    base::Time last{};        ///< When the last one did.

    [[nodiscard]] bool is_waiting() const { return line.size() > written; }
  };

  void hear_host(char byte, base::Time now);
  void hear_modem(char byte, base::Time now);
  void add(Part& part, char byte, base::Time now);
  void end_host_line();
  void write_host();
  void write_modem();
  void change(ControlLine line, bool was, bool is, base::Time now);
  void write(Side side, std::string source, base::Time when);
  [[nodiscard]] Moment moment(base::Time when);

  base::Time began_;
  SecretNames names_;
  Output output_;
  client::SecretMask mask_;        ///< As it was at the beginning of the host's line.
  client::SecretMask mask_after_;  ///< As it is behind what of it has been written.
  Part host_;
  Part modem_;
  base::HostLines host_lines_;
  base::DeviceLines device_lines_;
  Moment last_{};
};

}  // namespace attache::cassette
