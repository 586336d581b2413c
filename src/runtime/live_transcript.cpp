#include "runtime/live_transcript.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <utility>
#include <vector>

#include "base/posix/private_file.hpp"

namespace attache::runtime {

namespace {

bool is_empty(const base::FileDescriptor& file) {
  struct stat found {};
  return ::fstat(file.get(), &found) != 0 || !S_ISREG(found.st_mode) || found.st_size == 0;
}

}  // namespace

base::Result<std::unique_ptr<LiveTranscript>> LiveTranscript::open(const DeviceOptions& options,
                                                                   const device::DeviceConfig& config,
                                                                   boost::asio::io_context& context) {
  using Opened = base::Result<std::unique_ptr<LiveTranscript>>;
  if (options.transcript.empty()) {
    return Opened(boost::system::in_place_value, nullptr);
  }
  if (options.transcript == "-" && uses_stdio(config)) {
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
    : dialect_(std::move(dialect)),
      is_first_(is_empty(file)),
      file_(context, {"transcript", "the transcript", path == "-" ? "stdout" : std::move(path)},
            base::PatientWriter(std::move(file))) {}

LiveTranscript::~LiveTranscript() {
  tap_.reset();
  if (transcript_) {
    transcript_->finish();
    file_.finish();
  }
}

// A channel of a multiplexer is a port of its own.
std::size_t LiveTranscript::number_of(const device::PortBytes& heard) {
  if (heard.channel == 0) {
    return heard.port;
  }
  auto [entry, is_new] = channels_.try_emplace({heard.port, heard.channel}, 0);
  if (is_new) {
    const std::string address = device_->ports()[heard.port].address;
    entry->second = transcript_->add_port(fmt::format("{}#{}", address, heard.channel));
  }
  return entry->second;
}

void LiveTranscript::attach(const std::shared_ptr<device::Device>& device) {
  device_ = device;
  file_.set_journal(device->journal());
  std::vector<std::string> names;
  for (const device::Device::PortState& port : device->ports()) {
    names.push_back(port.address);
  }
  transcript_ = std::make_unique<client::PortTranscript>(
      file_.clock(), std::move(names), [this](std::string_view lines) { file_.write(lines); });
  transcript_->begin(dialect_, is_first_);
  tap_ = device->taps().add([this](const device::PortBytes& heard) {
    transcript_->hear(number_of(heard), heard.from_device ? client::Speaker::device : client::Speaker::host,
                      heard.bytes, heard.data_mode);
  });
}

}  // namespace attache::runtime
