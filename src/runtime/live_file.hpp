#pragma once

#include <boost/asio/io_context.hpp>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/journal.hpp"
#include "base/posix/patient_writer.hpp"

namespace attache::runtime {

/// A file, FIFO or terminal that lines about a running device go to, at real time whatever clock that has.
/// The device never waits for it; its journal is told when lines cannot be written, and when they can again.
class LiveFile {
 public:
  /// What it is: "transcript" as the module of log lines, "the transcript" as what cannot be written.
  struct Names {
    std::string module;
    std::string what;
    std::string path;
  };

  /// `context` is the loop on which it tries again, and must outlive it.
  LiveFile(boost::asio::io_context& context, Names names, base::PatientWriter writer)
      : clock_(context), names_(std::move(names)), writer_(std::move(writer)) {}

  /// Where troubles are told; it must outlive the file. Call before write().
  void set_journal(base::Journal& journal) { journal_ = &journal; }
  /// Takes one or more whole lines.
  void write(std::string_view lines);
  /// The last try; tells how many lines have not been written.
  void finish();

  /// Real time, for whoever writes lines later.
  [[nodiscard]] base::Clock& clock() { return clock_; }

 private:
  void tell_trouble();

  base::RealClock clock_;
  Names names_;
  base::PatientWriter writer_;
  base::Journal* journal_ = nullptr;
  base::Alarm retry_;
  bool is_troubled_ = false;
};

}  // namespace attache::runtime
