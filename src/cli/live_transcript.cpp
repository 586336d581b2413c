#include "cli/live_transcript.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "base/posix/private_file.hpp"

namespace attache::cli {

namespace {

constexpr std::string_view module = "transcript";
constexpr auto retry_period = std::chrono::milliseconds(200);

bool is_empty(const base::FileDescriptor& file) {
  struct stat found {};
  return ::fstat(file.get(), &found) != 0 || !S_ISREG(found.st_mode) || found.st_size == 0;
}

bool has_stdio(const device::DeviceConfig& config) {
  return std::any_of(config.ports.begin(), config.ports.end(),
                     [](const serial::PortSpec& spec) { return spec.kind == serial::PortSpec::Kind::stdio; });
}

}  // namespace

base::Result<std::unique_ptr<LiveTranscript>> LiveTranscript::open(const ServeOptions& options,
                                                                   const device::DeviceConfig& config,
                                                                   boost::asio::io_context& context) {
  using Opened = base::Result<std::unique_ptr<LiveTranscript>>;
  if (options.transcript.empty()) {
    return Opened(boost::system::in_place_value, nullptr);
  }
  if (options.transcript == "-" && has_stdio(config)) {
    return base::make_reason("the transcript cannot be written to stdout",
                             "with --port stdio that is the line to the host", "name a file, or /dev/stderr");
  }
  auto file = base::open_without_blocking(options.transcript);
  if (!file) {
    base::Reason reason = file.error();
    reason.what = "the transcript cannot be written";
    return reason;
  }
  return Opened(std::unique_ptr<LiveTranscript>(
      new LiveTranscript(context, options.transcript, config.dialect.name, std::move(*file))));
}

LiveTranscript::LiveTranscript(boost::asio::io_context& context, std::string path, std::string dialect,
                               base::FileDescriptor file)
    : clock_(context),
      path_(path == "-" ? "stdout" : std::move(path)),
      dialect_(std::move(dialect)),
      is_first_(is_empty(file)),
      writer_(std::move(file)) {}

LiveTranscript::~LiveTranscript() {
  tap_.reset();
  if (!transcript_) {
    return;
  }
  transcript_->finish();
  writer_.retry();
  if (writer_.unwritten() > 0) {
    device_->journal().log(base::LogLevel::warning, module,
                           fmt::format("{} lines of the transcript did not get into {}: {}",
                                       writer_.unwritten(), path_, base::error_text(writer_.error())));
  }
}

void LiveTranscript::attach(const std::shared_ptr<device::Device>& device) {
  device_ = device;
  std::vector<std::string> names;
  for (const device::Device::PortState& port : device->ports()) {
    names.push_back(port.address);
  }
  transcript_ = std::make_unique<client::PortTranscript>(clock_, std::move(names),
                                                         [this](std::string_view lines) { write(lines); });
  transcript_->begin(dialect_, is_first_);
  tap_ = device->taps().add([this](const device::PortBytes& heard) {
    transcript_->hear(heard.port, heard.from_device ? client::Speaker::device : client::Speaker::host,
                      heard.bytes, heard.data_mode);
  });
}

void LiveTranscript::write(std::string_view lines) {
  writer_.write(lines);
  tell_trouble();
}

// Once, when lines cannot be written; a slow reader is no trouble before lines are lost.
void LiveTranscript::tell_trouble() {
  bool is_lost = writer_.error() != 0 && (writer_.error() != EAGAIN || writer_.is_missing_lines());
  if (is_lost && !std::exchange(is_troubled_, true)) {
    base::Reason reason = base::make_reason(
        "the transcript cannot be written",
        writer_.error() == EAGAIN ? "whoever reads it does not keep up" : base::error_text(writer_.error()),
        base::path_advice(writer_.error()));
    reason.where = path_;
    device_->journal().report(module, std::move(reason));
  }
  if (is_troubled_ && !writer_.is_waiting()) {
    is_troubled_ = false;
    device_->journal().log(
        base::LogLevel::info, module,
        fmt::format("the transcript is written again; {} lines of it have been lost so far",
                    writer_.unwritten()));
  }
  if (writer_.is_waiting()) {
    retry_ = clock_.call_after(retry_period, [this] {
      writer_.retry();
      tell_trouble();
    });
  }
}

}  // namespace attache::cli
