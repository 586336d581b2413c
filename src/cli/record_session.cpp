#include "cli/record_session.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <cerrno>
#include <utility>

#include "base/posix/private_file.hpp"
#include "base/utc_time.hpp"
#include "cassette/files.hpp"
#include "cassette/merge.hpp"
#include "cli/commands.hpp"
#include "cli/complaint.hpp"
#include "cli/output.hpp"
#include "cli/stop_signals.hpp"

namespace attache::cli {

namespace {

using cassette::End;
using Work = RecordPlan::Work;

base::Reason not_written(const std::string& file, int error) {
  return base::make_reason(fmt::format("{} cannot be written", file), base::error_text(error),
                           base::path_advice(error));
}

// What is recorded beside a cassette until it is added.
std::string recent_of(const std::string& cassette) {
  return cassette + ".new";
}

std::string counted(std::size_t count) {
  return count == 1 ? "once" : fmt::format("{} times", count);
}

}  // namespace

int RecordSession::run() {
  if (auto opened = open(); !opened) {
    return complain(opened.error());
  }
  std::optional<End> ended;
  base::LoopEnd loop_end(loop_, clock_);
  boost::asio::signal_set signals(loop_);
  add_stop_signals(signals);
  signals.async_wait([this](boost::system::error_code error, int) {
    if (!error) {
      loop_.stop();
    }
  });
  boost::asio::co_spawn(loop_, work(), [&](std::exception_ptr error, End end) {
    loop_.stop();
    if (error) {
      std::rethrow_exception(error);
    }
    ended = end;
  });
  loop_.run([this](const base::Fault& fault) {
    fault_ = fault.reason();
    loop_.stop();
  });
  if (recorder_) {
    recorder_->finish();
  }
  End how = ended.value_or(End::host_closed);  // A signal, if nothing has ended it.
  close_ports();
  return end(how);
}

// Whoever waits for the end of the session holds what it waits for: it has to hear of it.
void RecordSession::close_ports() {
  constexpr auto patience = std::chrono::seconds(1);
  for (serial::Port* port : {host_.get(), modem_.get()}) {
    if (port != nullptr) {
      port->close();
    }
  }
  loop_.drain(patience, [this](const base::Fault& fault) { fault_ = fault_ ? fault_ : fault.reason(); });
}

// The modem's port first: a host that finds its own may begin to talk.
base::Result<void> RecordSession::open() {
  if (plan_.work != Work::record) {
    auto read = cassette::read_cassette_file(plan_.cassette);
    if (!read) {
      return read.error();
    }
    cassette_ = std::move(*read);
  }
  if (plan_.modem) {
    auto modem = serial::connect_port(clock_, *plan_.modem);
    if (!modem) {
      return modem.error();
    }
    modem_ = std::move(*modem);
    bool adds = plan_.work == Work::add;
    if (auto begun = begin_file(adds ? recent_of(plan_.cassette) : plan_.cassette); !begun) {
      return begun;
    }
  }
  serial::PortOptions options;
  options.baud = modem_ ? modem_->baud() : options.baud;
  auto host = serial::open_port(clock_, plan_.host, options);
  if (!host) {
    return host.error();
  }
  host_ = std::move(*host);
  return say(stdout, fmt::format("ready {}\n", host_->address()));
}

base::Result<void> RecordSession::begin_file(const std::string& path) {
  auto file = cassette::make_cassette_file(path);
  if (!file) {
    return file.error();
  }
  file_ = std::move(*file);
  std::string head = fmt::format(
      "{}\n# attache record: > the host says, < the modem says, seconds before it; secrets are "
      "{{NAME}}\n{}{}{}{}",
      cassette::first_line, line_of(cassette::CassetteHeader{"dialect", plan_.dialect, 0}),
      line_of(cassette::CassetteHeader{"recorded", base::format_utc(clock_.wall_now()), 0}),
      line_of(cassette::CassetteHeader{"host", plan_.host_text, 0}),
      line_of(cassette::CassetteHeader{"modem", plan_.modem_text, 0}));
  if (!base::write_all(file_.get(), head)) {
    return not_written(path, errno);
  }
  if (!plan_.secrets.empty()) {
    auto secrets = base::open_private_file(plan_.secrets);
    if (!secrets) {
      return secrets.error();
    }
    secrets_ = std::move(*secrets);
    secrets_written_ = plan_.values.size();
    ::lseek(secrets_.get(), 0, SEEK_END);
  }
  recorder_ = std::make_unique<cassette::Recorder>(clock_.now(), cassette::SecretNames(plan_.values),
                                                   [this](const cassette::Entry& entry) { write(entry); });
  return {};
}

boost::asio::awaitable<End> RecordSession::work() {
  if (plan_.work == Work::play) {
    cassette::Player::Options options{plan_.values, plan_.keeps_times};
    player_ = std::make_unique<cassette::Player>(*cassette_, options, clock_.now());
    co_return co_await cassette::perform(*host_, clock_, *player_);
  }
  co_return co_await cassette::join(*host_, *modem_, clock_, *recorder_);
}

// A cassette that lacks something is worth nothing: recording ends.
void RecordSession::write(const cassette::Entry& entry) {
  said_ += entry.says(cassette::Side::host) ? 1 : 0;
  if (!fault_ && !base::write_all(file_.get(), line_of(entry))) {
    fault_ = not_written(plan_.cassette, errno);
    loop_.stop();
  }
  write_secrets();
}

void RecordSession::write_secrets() {
  bool has_new = recorder_ && secrets_ && recorder_->names().values().size() > secrets_written_;
  if (!has_new) {
    return;
  }
  std::string lines;
  for (const auto& [name, value] : recorder_->names().values()) {
    lines += plan_.values.emplace(name, value).second ? cassette::secret_line(name, value) : "";
  }
  secrets_written_ = recorder_->names().values().size();
  if (!base::write_all(secrets_.get(), lines)) {
    fault_ = not_written(plan_.secrets, errno);
    loop_.stop();
  }
}

int RecordSession::end(End end) {
  if (fault_) {
    complain(*fault_);
    return exit_failure;
  }
  return plan_.work == Work::play ? end_playing(end) : end_recording(end);
}

int RecordSession::end_playing(End end) {
  if (end == End::strange) {
    complain(*player_->fault());
    return exit_failure;
  }
  std::size_t left = player_ ? player_->host_entries_left() : 0;
  fmt::print("{}\n", left == 0 ? fmt::format("played all of {}", plan_.cassette)
                               : fmt::format("played {} but for what its host says at the end, {}",
                                             plan_.cassette, counted(left)));
  return exit_success;
}

int RecordSession::end_recording(End end) {
  std::size_t added = 0;
  if (plan_.work == Work::add) {
    auto count = add_new();
    if (!count) {
      complain(count.error());
      return exit_failure;
    }
    added = *count;
  }
  fmt::print("{}\n", plan_.work == Work::add
                         ? fmt::format("added to {} what the host said, {}", plan_.cassette, counted(added))
                         : fmt::format("recorded {}: the host spoke {}", plan_.cassette, counted(said_)));
  for (const auto& [name, value] : recorder_->names().values()) {
    fmt::print("a secret is left out: {{{}}}\n", name);
  }
  if (end == End::modem_closed) {
    complain(base::make_reason(fmt::format("the modem at {} has closed the line", plan_.modem_text),
                               "its side has ended", "What was said before is on the cassette."));
    return exit_failure;
  }
  return exit_success;
}

base::Result<std::size_t> RecordSession::add_new() {
  std::string path = recent_of(plan_.cassette);
  auto recent = cassette::read_cassette_file(path);
  if (!recent) {
    return recent.error();
  }
  cassette::Merged merged = merge(*cassette_, *recent);
  if (merged.added > 0) {
    if (auto written = cassette::replace_cassette_file(plan_.cassette, merged.text); !written) {
      return written.error();
    }
  }
  ::unlink(path.c_str());
  return merged.added;
}

}  // namespace attache::cli
