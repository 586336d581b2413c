#include "runtime/live_events.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "base/posix/patient_writer.hpp"
#include "base/text.hpp"
#include "device/events.hpp"

namespace attache::runtime {

namespace {

constexpr std::string_view cannot_be_written = "the events cannot be written";

std::string missing_lines(std::uint64_t count) {
  return fmt::format("{{\"event\":\"missing\",\"lines\":{}}}\n", count);
}

}  // namespace

base::Result<std::unique_ptr<LiveEvents>> LiveEvents::open(const DeviceOptions& options,
                                                           const device::DeviceConfig& config,
                                                           boost::asio::io_context& context) {
  using Opened = base::Result<std::unique_ptr<LiveEvents>>;
  if (!options.json_events) {
    return Opened(boost::system::in_place_value, nullptr);
  }
  const std::string& text = *options.json_events;
  auto number = text == "-" ? std::optional<std::uint16_t>(1) : base::parse_number<std::uint16_t>(text);
  if (!number) {
    return base::make_reason(std::string(cannot_be_written),
                             fmt::format("\"{}\" is no file descriptor", text),
                             "give the number of an open one, or - for stdout");
  }
  if (*number == 1 && options.transcript == "-") {
    return base::make_reason(std::string(cannot_be_written), "--transcript - writes to stdout already",
                             "give another descriptor, for example --json-events 3 3>events.json");
  }
  if (*number <= 1 && uses_stdio(config)) {
    return base::make_reason(std::string(cannot_be_written),
                             "with --port stdio, stdin and stdout are the line to the host",
                             "give another descriptor, for example --json-events 3 3>events.json");
  }
  auto file = base::open_without_blocking(static_cast<int>(*number));
  if (!file) {
    base::Reason reason = file.error();
    reason.what = cannot_be_written;
    return reason;
  }
  LiveFile::Names names{"events", "the stream of events",
                        *number == 1 ? std::string("stdout") : fmt::format("descriptor {}", *number)};
  return Opened(std::unique_ptr<LiveEvents>(new LiveEvents(context, std::move(names), std::move(*file))));
}

LiveEvents::LiveEvents(boost::asio::io_context& context, LiveFile::Names names, base::FileDescriptor file)
    : file_(context, std::move(names), base::PatientWriter(std::move(file), missing_lines)) {}

LiveEvents::~LiveEvents() {
  listening_.reset();
  if (device_) {
    file_.finish();
  }
}

void LiveEvents::attach(const std::shared_ptr<device::Device>& device) {
  device_ = device;
  file_.set_journal(device->journal());
  listening_ =
      device->listen([this](const device::Event& event) { file_.write(device::to_json(event) + "\n"); });
}

}  // namespace attache::runtime
