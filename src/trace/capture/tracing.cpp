#include "trace/capture/tracing.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

#include "base/posix/private_file.hpp"

namespace attache::trace {

namespace {

constexpr std::string_view log_name = "trace";

std::string where(const std::string& path) {
  return path == "-" ? "stdout" : path;
}

}  // namespace

Tracing::Tracing(device::Device& device, base::Clock& timer, const device::TraceOptions& options,
                 std::string application)
    : device_(device), timer_(timer), options_(options), application_(std::move(application)) {
  device_.set_trace_control(this);
}

Tracing::~Tracing() {
  device_.set_trace_control(nullptr);
  (void)stop();
}

base::Result<std::string> Tracing::start(const std::string& path, bool secrets) {
  if (capture_) {
    return base::make_reason("the trace is not begun",
                             fmt::format("one is being written to {} already", where(file_->options().path)),
                             "end it first: trace stop");
  }
  std::string to = path.empty() ? options_.file : path;
  if (to.empty()) {
    return base::make_reason("the trace is not begun", "no file is named",
                             "name one: trace start FILE, --pcap FILE, or file below [trace]");
  }
  auto file = CaptureFile::open(timer_, device_.journal(),
                                {to, options_.rotate_size, options_.rotate_time, options_.keep});
  if (!file) {
    return file.error();
  }
  file_ = std::move(*file);
  Capture::Options options{options_.secrets || secrets, application_};
  // The section's header comes before what the capture says first.
  file_->write(CaptureQueue(block::Section{"", "", application_, {}}, {}).preamble());
  capture_ = std::make_unique<Capture>(
      device_, timer_, options, [this](std::string_view block) { return file_->write(block); },
      [this] { drain(); });
  std::string text = fmt::format("a trace is written to {}", where(to));
  device_.journal().log(
      base::LogLevel::info, log_name,
      fmt::format("{}; its packets hold what was sent, passwords and keys of the host among it{}", text,
                  options.secrets ? ", and the secrets of TLS" : ""));
  return text;
}

// Whoever read it has gone: nobody will come back for more.
void Tracing::drain() {
  file_->drain([this] { return capture_->queue().preamble(); });
  if (file_->error() == EPIPE && !end_.pending()) {
    end_ = timer_.call_after({}, [this] { (void)stop(); });
  }
}

base::Result<std::string> Tracing::stop() {
  if (!capture_) {
    return base::make_reason("no trace is ended", "none is being written", "begin one: trace start FILE");
  }
  capture_->finish();
  std::string text =
      fmt::format("{} packets were written to {}", capture_->queue().packets() - capture_->queue().dropped(),
                  where(file_->options().path));
  if (capture_->queue().dropped() > 0) {
    text += fmt::format("; {} were dropped, as they came faster than they could be written",
                        capture_->queue().dropped());
  }
  if (file_->kept() > 0) {
    text += fmt::format("; the last {} bytes could not be written: {}", file_->kept(),
                        base::error_text(file_->error()));
  }
  end_.cancel();
  capture_.reset();
  file_.reset();
  device_.journal().log(base::LogLevel::info, log_name, fmt::format("The trace has ended: {}", text));
  return text;
}

device::TraceState Tracing::state() const {
  if (!capture_) {
    return {};
  }
  return {true, file_->options().path, capture_->queue().packets(), file_->written() + file_->kept(),
          capture_->queue().dropped()};
}

}  // namespace attache::trace
