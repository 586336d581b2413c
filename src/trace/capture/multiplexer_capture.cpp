#include "trace/capture/multiplexer_capture.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>
#include <variant>
#include <vector>

#include "serial/cmux/control_message.hpp"

namespace attache::trace {

namespace {

namespace cmux = serial::cmux;

std::string signals_of(const cmux::ModemStatus& status) {
  std::vector<std::string_view> set;
  for (auto [name, is_set] :
       {std::pair("FC", status.flow_stopped), std::pair("RTC", status.ready_to_communicate),
        std::pair("RTR", status.ready_to_receive), std::pair("IC", status.incoming_call),
        std::pair("DV", status.data_valid)}) {
    if (is_set) {
      set.emplace_back(name);
    }
  }
  return set.empty() ? "none" : fmt::format("{}", fmt::join(set, " "));
}

std::string describe(const cmux::ControlMessage& message) {
  std::string_view name = cmux::name(message.type);
  std::string text = fmt::format("{} {}", name.empty() ? "unknown message" : name,
                                 message.is_command ? "command" : "response");
  auto status =
      message.type == cmux::MessageType::modem_status ? cmux::read_modem_status(message.value) : std::nullopt;
  return status ? fmt::format("{}, DLC {}: {}", text, status->dlci, signals_of(*status)) : text;
}

}  // namespace

std::string describe_control_messages(std::string_view information) {
  cmux::ControlMessages read = cmux::read_messages(information);
  std::vector<std::string> texts;
  for (const cmux::ControlMessage& message : read.messages) {
    texts.push_back(describe(message));
  }
  if (!read.is_whole) {
    texts.emplace_back("octets that are no message");
  }
  return fmt::format("{}", fmt::join(texts, "; "));
}

void MultiplexerCapture::hear(std::string_view octets) {
  reader_.feed(octets);
  while (auto found = reader_.next()) {
    if (const auto* frame = std::get_if<cmux::Frame>(&*found)) {
      tell(*frame);
    } else if (std::holds_alternative<cmux::FrameFault>(*found)) {
      entry_("octets that are no frame, or one with a wrong check sequence");
    }
  }
}

void MultiplexerCapture::tell(const cmux::Frame& frame) {
  bool is_data = frame.type == cmux::FrameType::uih || frame.type == cmux::FrameType::ui;
  if (is_data && frame.dlci == cmux::control_dlci) {
    entry_(describe_control_messages(frame.information));
  } else if (!is_data) {
    entry_(fmt::format("{} DLC {}", cmux::name(frame.type), frame.dlci));
  }
}

}  // namespace attache::trace
