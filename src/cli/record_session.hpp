#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/loop.hpp"
#include "base/posix/file_descriptor.hpp"
#include "cassette/cassette.hpp"
#include "cassette/splice.hpp"
#include "cli/record_arguments.hpp"
#include "serial/port.hpp"

namespace attache::cli {

/// The work of `attache record` between its ports: from their opening until one of them ends, something is
/// new that must not be, or a signal comes. Each entry is in the file once it is whole.
class RecordSession {
 public:
  explicit RecordSession(RecordPlan plan) : plan_(std::move(plan)) {}

  /// The exit code.
  int run();

 private:
  base::Result<void> open();
  void close_ports();
  base::Result<void> begin_file(const std::string& path);
  boost::asio::awaitable<cassette::End> work();
  void write(const cassette::Entry& entry);
  void write_secrets();
  int end(cassette::End end);
  int end_playing(cassette::End end);
  int end_recording(cassette::End end);
  base::Result<std::size_t> add_new();

  RecordPlan plan_;
  base::Loop loop_;
  base::RealClock clock_{loop_};
  std::optional<cassette::Cassette> cassette_;  ///< What is played, or added to.
  std::unique_ptr<serial::Port> host_;
  std::unique_ptr<serial::Port> modem_;
  base::FileDescriptor file_;
  base::FileDescriptor secrets_;
  std::size_t secrets_written_ = 0;
  std::size_t said_ = 0;  ///< How often the host spoke.
  std::optional<base::Reason> fault_;
  std::unique_ptr<cassette::Recorder> recorder_;
  std::unique_ptr<cassette::Player> player_;
};

}  // namespace attache::cli
